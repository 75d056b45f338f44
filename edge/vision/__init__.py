"""From a frame to a scene: motion gate, detector, tracker."""
