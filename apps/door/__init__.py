"""大门 (the door): what every HTTP request passes before gradio sees it; one concern a file, guard.py their order."""
