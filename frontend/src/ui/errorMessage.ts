import { ApiError } from "../api/client";

/** Return the text to show for an error. Log an unexpected one. */
export function errorMessage(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  console.error(error);
  return "Something unexpected happened. Reload the page and try again.";
}
