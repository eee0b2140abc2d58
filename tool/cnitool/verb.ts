/** What can be done with a network. */
export const VERBS = ["add", "check", "del", "gc", "status"] as const;

/** One of {@linkcode VERBS}. */
export type Verb = typeof VERBS[number];

/** Whether `text` is a verb, to the letter. */
export function isVerb(text: string): text is Verb {
  return (VERBS as readonly string[]).includes(text);
}
