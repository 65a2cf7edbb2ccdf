"""What is done, one file per kind of work. Each handler is a plain function on a worker's thread."""
