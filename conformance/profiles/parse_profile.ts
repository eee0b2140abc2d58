import {
  CniError,
  Fields,
  type JsonObject,
  parseJsonObject,
} from "../../lib/spec/mod.ts";
import {
  type Answers,
  CHANGES,
  type Effect,
  KINDS,
  type Pool,
  type Profile,
  PROMISES,
  REQUESTED_BY,
} from "../suite/mod.ts";

/** A profile that cannot be used; the message names the file and what is wrong. */
export class ProfileError extends Error {
  override readonly name = "ProfileError";
}

/** The keys of a profile. */
const PROFILE_KEYS: readonly string[] = [
  ...["$schema", "plugin", "kind", "about", "config", "runtimeConfig", "args"],
  ...["promises", "needs", "setup", "files", "refused", "ifname"],
  ...[
    "exclusive",
    "shared",
    "answers",
    "pool",
    "requests",
    "effects",
    "changes",
  ],
];

/**
 * Reads a profile, and refuses what it does not know.
 *
 * @param source What to call it in a message: the file.
 * @throws {ProfileError} If it is no profile.
 */
export function parseProfile(text: string, source: string): Profile {
  try {
    return readProfile(parseJsonObject(text, "profile"));
  } catch (cause) {
    if (!(cause instanceof CniError)) throw cause;
    const reason = cause.details || cause.message;
    throw new ProfileError(`Cannot use the profile ${source}: ${reason}`, {
      cause,
    });
  }
}

function readProfile(object: JsonObject): Profile {
  const fields = new Fields(object);
  refuseUnknown(object, PROFILE_KEYS, fields);
  const needs = fields.fields("needs");
  return withoutAbsent({
    plugin: text(fields, "plugin"),
    kind: oneOf(fields, "kind", KINDS),
    about: fields.string("about"),
    config: fields.object("config") ?? missing(fields, "config", "an object"),
    runtimeConfig: fields.object("runtimeConfig"),
    args: fields.string("args"),
    promises: choices(fields, "promises", PROMISES) ?? [],
    needs: needs && withoutAbsent({
      programs: needs.strings("programs"),
      links: needs.strings("links"),
    }),
    setup: fields.strings("setup"),
    files: readFiles(fields),
    refused: readRefused(fields),
    ifname: fields.string("ifname"),
    exclusive: fields.boolean("exclusive"),
    shared: fields.strings("shared"),
    answers: readAnswers(fields.fields("answers")),
    pool: readPool(fields.fields("pool")),
    requests: readRequests(fields.fields("requests")),
    effects: fields.fieldsList("effects")?.map(readEffect),
    changes: choices(fields, "changes", CHANGES),
  });
}

/** Where stages write files: nowhere else may a profile name one. */
const SCRATCH_FILE = /^\{scratch\}\/(?!\.)[\w.-]+$/;

function readFiles(fields: Fields): Profile["files"] {
  const files = fields.object("files");
  const view = fields.fields("files");
  if (files === undefined || view === undefined) return undefined;
  return Object.fromEntries(
    Object.keys(files).map((path) => {
      const isScratch = SCRATCH_FILE.test(path);
      if (!isScratch) missing(view, path, "a path such as {scratch}/name");
      return [path, text(view, path)];
    }),
  );
}

function readRefused(fields: Fields): Profile["refused"] {
  const refused = fields.object("refused");
  const view = fields.fields("refused");
  if (refused === undefined || view === undefined) return undefined;
  return Object.fromEntries(
    Object.keys(refused).map((why) => [
      why,
      view.object(why) ?? missing(view, why, "an object"),
    ]),
  );
}

function readAnswers(fields: Fields | undefined): Answers | undefined {
  return fields && withoutAbsent({
    subnets: fields.strings("subnets") ??
      missing(fields, "subnets", "a list of networks"),
    gateways: fields.strings("gateways"),
    routes: fields.list("routes") as readonly JsonObject[] | undefined,
    dns: fields.object("dns"),
  });
}

function readPool(fields: Fields | undefined): Pool | undefined {
  return fields && {
    config: fields.object("config") ?? missing(fields, "config", "an object"),
    size: fields.integer("size", { min: 1 }) ??
      missing(fields, "size", "a number of addresses"),
    reserved: fields.strings("reserved") ?? [],
  };
}

function readRequests(fields: Fields | undefined): Profile["requests"] {
  return fields && {
    by: choices(fields, "by", REQUESTED_BY) ??
      missing(fields, "by", "a list"),
    address: text(fields, "address"),
    other: text(fields, "other"),
  };
}

function readEffect(fields: Fields): Effect {
  return withoutAbsent({
    what: text(fields, "what"),
    place: oneOf(fields, "place", ["host", "container"] as const),
    look: text(fields, "look"),
    shows: pattern(fields, "shows"),
    stays: fields.boolean("stays"),
    tamper: fields.string("tamper"),
  });
}

function pattern(fields: Fields, key: string): string {
  const source = text(fields, key);
  try {
    new RegExp(source);
    return source;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw fields.invalid(key, "a regular expression");
  }
}

function text(fields: Fields, key: string): string {
  return fields.string(key) || missing(fields, key, "a text");
}

function oneOf<T extends string>(
  fields: Fields,
  key: string,
  values: readonly T[],
): T {
  const value = fields.string(key);
  return values.find((one) => one === value) ??
    missing(fields, key, listOf(values));
}

function choices<T extends string>(
  fields: Fields,
  key: string,
  values: readonly T[],
): readonly T[] | undefined {
  return fields.strings(key)?.map((value, index) => {
    const found = values.find((one) => one === value);
    if (found !== undefined) return found;
    throw fields.invalid(`${key}[${index}]`, listOf(values), value);
  });
}

function listOf(values: readonly string[]): string {
  return `one of ${values.join(", ")}`;
}

function missing(fields: Fields, key: string, expected: string): never {
  throw fields.invalid(key, expected);
}

function refuseUnknown(
  object: JsonObject,
  known: readonly string[],
  fields: Fields,
): void {
  const unknown = Object.keys(object).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw fields.invalid(unknown, `no such key, only ${known.join(", ")}`);
}

/** A value whose members may be there or not, but never `undefined`. */
type Present<T> =
  & { [K in keyof T as undefined extends T[K] ? never : K]: T[K] }
  & {
    [K in keyof T as undefined extends T[K] ? K : never]?: NonNullable<T[K]>;
  };

function withoutAbsent<T extends Record<string, unknown>>(
  object: T,
): Present<T> {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined),
  ) as Present<T>;
}
