/** What is kept of an output that is quoted in a message, in UTF-16 units. */
const MAX_LENGTH = 1000;

/**
 * Quotes what a plugin printed, for a message: escaped, on one line, and with
 * the middle left out when it is long, since errors stand at either end.
 */
export function quote(text: string): string {
  if (text.length <= MAX_LENGTH) return JSON.stringify(text);
  const half = MAX_LENGTH / 2;
  const cut = `… (${text.length - MAX_LENGTH} characters cut) …`;
  return JSON.stringify(text.slice(0, half) + cut + text.slice(-half));
}
