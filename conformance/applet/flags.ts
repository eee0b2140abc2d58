import type { Flag } from "../../terminal/mod.ts";

/** The flags of `cni conformance`. */
export const FLAGS: readonly Flag[] = [
  {
    name: "plugin-dir",
    value: "DIR",
    summary: "the folder of the plugins to put to the test",
  },
  {
    name: "plugin",
    value: "NAME",
    repeats: true,
    summary: "only this plugin of it; may be repeated",
  },
  {
    name: "against",
    value: "DIR",
    summary: "compare with the plugins of this folder",
  },
  {
    name: "explained",
    value: "FILE",
    repeats: true,
    summary: `differences that are meant; "toolkit" for our own`,
  },
  {
    name: "runtime",
    value: "CMD",
    summary: "a runtime to put to the test, called as cnitool is",
  },
  {
    name: "daemon",
    value: "CMD",
    summary: "a program that plugins need, started on each host",
  },
  {
    name: "env",
    value: "NAME=VALUE",
    repeats: true,
    summary: "a variable of all calls; may be repeated",
  },
  {
    name: "spec",
    value: "VERSION",
    summary: "the version of the specification (each plugin's newest)",
  },
  {
    name: "profile",
    value: "FILE",
    repeats: true,
    summary: "what a plugin needs and promises; may be repeated",
  },
  {
    name: "profile-dir",
    value: "DIR",
    summary: "a folder of such files",
  },
  {
    name: "family",
    value: "NAME",
    repeats: true,
    summary: "only the cases of this family; may be repeated",
  },
  {
    name: "case",
    value: "ID",
    repeats: true,
    summary: "only this case; may be repeated",
  },
  {
    name: "format",
    value: "NAME",
    summary: "table (default), tap, junit, json or html",
  },
  {
    name: "stages",
    value: "NUMBER",
    summary: "how many cases run at a time (2)",
  },
  {
    name: "call-limit",
    value: "SECONDS",
    summary: "after which a plugin counts as hanging (20)",
  },
  { name: "list", summary: "list the cases and run none" },
];
