/** Thrown by a case when the plugin does not conform. */
export class Violation extends Error {
  override readonly name = "Violation";
}

/** Thrown by a case that cannot be put to the test here; the message says why. */
export class Skip extends Error {
  override readonly name = "Skip";
}

/**
 * Throws a {@linkcode Violation} unless something is so.
 *
 * @param message What is wrong otherwise: sentence case, without a full stop.
 */
export function demand(isSo: boolean, message: string): asserts isSo {
  if (!isSo) throw new Violation(message);
}
