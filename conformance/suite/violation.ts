/** Thrown by a case when the plugin does not conform. */
export class Violation extends Error {
  override readonly name = "Violation";
}

/** Thrown by a case that cannot be put to the test here; the message says why. */
export class Skip extends Error {
  override readonly name = "Skip";
}
