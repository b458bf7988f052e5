"""What an inbound message means: a wish to stop, to go on, to get help, or something else."""
