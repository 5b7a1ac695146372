"""What is fitted on what, how the lists of every model are judged, and how surely."""
