/**
 * What the suite is made of: cases that put a clause of the specification to
 * the test, the stage that they play on, and the outcomes.
 *
 * @module
 */
export * from "./case.ts";
export * from "./outcome.ts";
export * from "./profile.ts";
export * from "./read_record.ts";
export * from "./stage.ts";
export * from "./subject.ts";
export * from "./violation.ts";
