import { ApiError } from "../api/client";

/** What to tell the person about an error; one that nobody foresaw is left to the console. */
export function errorMessage(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  console.error(error);
  return "Something unexpected happened. Reload the page and try again.";
}
