"""`python -m bench.nlu`: what a pipeline understands and what it costs, beside Rasa's default, in one run."""
