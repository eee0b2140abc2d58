import { assertEquals } from "@std/assert";
import { parseAll } from "@std/yaml/parse";
import { PROJECT_ROOT } from "../scripts/project.ts";

/** The file of {@linkcode readManifest}. */
export const MANIFEST = `${PROJECT_ROOT}/deploy/daemonset.yaml`;

/** A container of a pod, as far as tests look into it. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly securityContext?: {
    readonly runAsUser?: number;
    readonly privileged?: boolean;
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly capabilities?: {
      readonly drop?: readonly string[];
      readonly add?: readonly string[];
    };
  };
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
  readonly volumeMounts?: readonly {
    readonly name: string;
    readonly mountPath: string;
  }[];
}

/** A DaemonSet, as far as tests look into it. */
export interface DaemonSet {
  readonly spec: {
    readonly selector: { readonly matchLabels: Record<string, string> };
    readonly template: {
      readonly metadata: { readonly labels: Record<string, string> };
      readonly spec: {
        readonly hostNetwork?: boolean;
        readonly hostPID?: boolean;
        readonly terminationGracePeriodSeconds?: number;
        readonly initContainers: readonly Container[];
        readonly containers: readonly Container[];
        readonly volumes: readonly {
          readonly name: string;
          readonly hostPath?: { readonly path: string };
          readonly configMap?: { readonly name: string };
        }[];
      };
    };
  };
}

/** A ConfigMap, as far as tests look into it. */
export interface ConfigMap {
  readonly metadata: { readonly name: string };
  readonly data: Record<string, string>;
}

/** What stands in `deploy/daemonset.yaml`. */
export interface Manifest {
  readonly configMap: ConfigMap;
  readonly daemonSet: DaemonSet;
}

/** Reads `deploy/daemonset.yaml`. */
export async function readManifest(): Promise<Manifest> {
  return parseManifest(await Deno.readTextFile(MANIFEST));
}

/** Parses a manifest: a ConfigMap and a DaemonSet, and nothing else. */
export function parseManifest(text: string): Manifest {
  const documents = parseAll(text) as { readonly kind: string }[];
  assertEquals(documents.map(({ kind }) => kind), ["ConfigMap", "DaemonSet"]);
  const [configMap, daemonSet] = documents as unknown[];
  return {
    configMap: configMap as ConfigMap,
    daemonSet: daemonSet as DaemonSet,
  };
}
