import type { JsonObject } from "../../../lib/spec/mod.ts";
import {
  type CallOptions,
  type CallRecord,
  demand,
  demandEnd,
  readObject,
  type Stage,
  type StageSandbox,
  Violation,
} from "../../suite/mod.ts";

/**
 * Demands that a call has failed as a plugin must: it ended by itself, with a
 * status that is not 0, and what is on stdout, if anything, is one object.
 */
export function demandRefusal(
  record: CallRecord,
  { subject }: Pick<Stage, "subject">,
  why: string,
): void {
  demandEnd(record);
  demand(record.status !== 0, `${why}: it exits with status 0`);
  if (record.stdout.trim() !== "") readObject(record);
  // What fails whatever it is asked for does not refuse anything.
  demand(
    subject.versions.length > 0,
    "It does not even answer VERSION, so its refusals say nothing",
  );
}

/** Makes a call that must be refused. */
export async function mustRefuse(
  stage: Stage,
  command: string,
  { why, sandbox, ...options }: CallOptions & {
    /** What the call was like, for the message. */
    readonly why: string;
    readonly sandbox?: StageSandbox | undefined;
  },
): Promise<CallRecord> {
  const record = await stage.call(command, sandbox, options);
  demandRefusal(record, stage, why);
  return record;
}

/**
 * Demands an answer to VERSION, before a case whose calls print nothing: what
 * does nothing at all would pass it.
 */
export async function demandAnswer(stage: Stage): Promise<void> {
  const stdin = { cniVersion: stage.version };
  const answer = await stage.mustCall("VERSION", undefined, { stdin });
  demand(answer !== undefined, "It does not answer VERSION");
}

/** Does something for each row; the violations of all are told together. */
export async function forEach<Row>(
  rows: readonly Row[],
  act: (row: Row) => Promise<void>,
): Promise<void> {
  const messages: string[] = [];
  for (const row of rows) {
    try {
      await act(row);
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      messages.push(error.message);
    }
  }
  demand(messages.length === 0, [...new Set(messages)].join("\n"));
}

/** Message and details of an error object, as one text. */
export function textOf({ msg, details }: JsonObject): string {
  return [msg, details].filter((one) => typeof one === "string").join("; ");
}
