/** What was found about one thing. */
export interface Diagnosis {
  /** `failure`: something will not work. `warning`: something may not. */
  readonly status: "ok" | "warning" | "failure";
  /** What was looked at, and what was found. */
  readonly text: string;
  /** What to do about it; absent if all is well. */
  readonly remedy?: string;
}

/** Diagnoses under a title. */
export interface Section {
  readonly title: string;
  readonly diagnoses: readonly Diagnosis[];
}
