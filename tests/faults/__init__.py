"""What happens when processes die, disks fill up and readers do not go away."""
