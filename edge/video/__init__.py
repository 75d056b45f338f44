"""Cameras and files: packets in, frames with UTC times out, clips of what just was."""
