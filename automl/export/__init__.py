"""Export: the finished model as a bundle, in use, and in other formats."""
