"""OpenAI's Batch API: jobs that are submitted, left alone, and collected later."""
