"""Google's Gemini: writes scenes, makes clips; the only room that knows google.genai."""
