"""What happens with what is published."""
