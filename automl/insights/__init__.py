"""What a study tells a person who looks into it: the read-only ``Study``, networks as trees, comparisons of runs."""
