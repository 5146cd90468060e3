"""AutoML and architecture search for Keras."""
