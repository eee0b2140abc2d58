import { versionsFrom } from "../../../lib/spec/mod.ts";
import { type Case, demand, readFailure } from "../../suite/mod.ts";
import { mustRefuse } from "../steps/mod.ts";
import { attachByProbe, callOf } from "./delegate.ts";
import { addProbe } from "./probe.ts";

const PROCEDURE =
  'CNI 1.1.0, section 4, "Delegated plugin execution procedure"';

/** The error of a probe that is told to fail. */
const ERROR = {
  code: 11,
  msg: "the probe was told to fail",
  details: "try again later",
};

/** Cases about failures of the plugin that is delegated to. */
export const FAILURE_CASES: readonly Case[] = [
  {
    id: "delegation/add-failure-told",
    clause: {
      section: PROCEDURE,
      level: "MUST",
      requirement: "ADD fails when the ADD that it delegates fails",
    },
    run: async (stage) => {
      // First that it works: what always fails tells nothing.
      await attachByProbe(stage);
      const probe = await addProbe(stage);
      await probe.fail("ADD", ERROR);
      const sandbox = await stage.addSandbox();
      const why = "ADD whose IPAM plugin fails";
      await mustRefuse(stage, "ADD", { ...probe.options, sandbox, why });
    },
  },
  {
    id: "delegation/plugin-missing",
    clause: {
      section: PROCEDURE,
      level: "MUST",
      requirement: "ADD fails when the IPAM plugin is not to be found in " +
        "CNI_PATH",
    },
    run: async (stage) => {
      const { probe } = await attachByProbe(stage);
      const sandbox = await stage.addSandbox();
      const why = "ADD without its IPAM plugin";
      const path = stage.scratchDir;
      const options = { ...probe.options, path };
      await mustRefuse(stage, "ADD", { ...options, sandbox, why });
    },
  },
  {
    id: "delegation/add-failure-undone",
    clause: {
      section: PROCEDURE,
      level: "SHOULD",
      requirement: "When the ADD that it delegates fails, a plugin delegates " +
        "DEL before it fails itself",
    },
    run: async (stage) => {
      const probe = await addProbe(stage);
      await probe.fail("ADD", ERROR);
      const sandbox = await stage.addSandbox();
      await stage.call("ADD", sandbox, probe.options);
      await callOf(probe, "ADD");
      await callOf(probe, "DEL");
    },
  },
  {
    id: "delegation/add-error-kept",
    clause: {
      section: 'CNI 1.1.0, section 4, "Delegated plugin execution procedure"',
      level: "SHOULD",
      requirement: "The error of a delegated ADD keeps its code",
    },
    run: async (stage) => {
      const probe = await addProbe(stage);
      await probe.fail("ADD", ERROR);
      const sandbox = await stage.addSandbox();
      const record = await stage.call("ADD", sandbox, probe.options);
      const { code } = readFailure(record);
      demand(code === ERROR.code, `code is ${code}, not ${ERROR.code}`);
    },
  },
  ...(["CHECK", "DEL", "GC", "STATUS"] as const).map((command): Case => ({
    id: `delegation/${command.toLowerCase()}-failure-told`,
    clause: {
      section: command === "STATUS"
        ? 'CNI 1.1.0, section 2, "STATUS"'
        : PROCEDURE,
      level: "SHOULD",
      requirement: `${command} fails when the ${command} that it delegates ` +
        "fails",
      versions: versionsFrom(
        command === "GC" || command === "STATUS" ? "1.1.0" : "1.0.0",
      ),
    },
    run: async (stage) => {
      const { probe, sandbox, later } = await attachByProbe(stage);
      await probe.fail(command, ERROR);
      const isAboutOne = command === "CHECK" || command === "DEL";
      const { containerId: containerID, ifname } = sandbox;
      const stdin = isAboutOne ? later.stdin : {
        ...probe.options.stdin,
        "cni.dev/valid-attachments": [{ containerID, ifname }],
      };
      const why = `${command} whose IPAM plugin fails`;
      await mustRefuse(stage, command, {
        ...{ ...later, stdin, why },
        sandbox: isAboutOne ? sandbox : undefined,
      });
    },
  })),
];
