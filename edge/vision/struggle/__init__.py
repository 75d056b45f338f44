"""What a struggle looks like: two seconds of movement, thirty measures of it, and what they speak for."""
