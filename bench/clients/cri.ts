import * as grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

/** A pod, as a kubelet asks for it. */
export interface PodConfig {
  /** Name that no other pod of the node has. */
  readonly name: string;
  /** Group of its processes, from the root of groups. */
  readonly cgroupParent: string;
  /** Port of the host that leads to the pod's port 80. */
  readonly hostPort: number;
  /** Most that the pod may send and receive, such as `100M` (bits/s). */
  readonly bandwidth: string;
}

/** A kubelet's side of the CRI, as much as starts and ends pods. */
export interface Cri extends Disposable {
  /** Says why the runtime's network is not ready; `undefined` if it is. */
  whyNoNetwork(): Promise<string | undefined>;
  /** Whether the runtime knows an image. */
  hasImage(name: string): Promise<boolean>;
  /** Starts a pod; returns its id. */
  run(pod: PodConfig): Promise<string>;
  /** The IPv4 address of a pod. */
  address(id: string): Promise<string>;
  /** Detaches a pod and ends its processes. */
  stop(id: string): Promise<void>;
  /** Removes a pod that was stopped. */
  remove(id: string): Promise<void>;
  /** The ids of all pods. */
  list(): Promise<readonly string[]>;
}

/** How long a call may take: a pod's network may have to wait for others. */
const TIMEOUT_MS = 60_000;

/**
 * Connects to a container runtime.
 *
 * @param socket Path of its Unix socket.
 */
export function connectCri(socket: string): Cri {
  const file = new URL("cri.proto", import.meta.url).pathname;
  // Of what it loads, only the two services of this package are used.
  // deno-lint-ignore no-explicit-any
  const { runtime } = grpc.loadPackageDefinition(loadSync(file)) as any;
  const connect = (name: string): grpc.Client =>
    new runtime.v1[name](`unix:${socket}`, grpc.credentials.createInsecure());
  const pods = connect("RuntimeService");
  const images = connect("ImageService");
  return {
    whyNoNetwork: async () => {
      const { status } = await call(pods, "Status", {});
      const { status: isReady, message } = status.conditions
        .find(({ type }: { type: string }) => type === "NetworkReady");
      return isReady ? undefined : message;
    },
    hasImage: async (image) => {
      const reply = await call(images, "ImageStatus", { image: { image } });
      return (reply.image ?? undefined) !== undefined;
    },
    run: async (pod) => {
      const config = configOf(pod);
      return (await call(pods, "RunPodSandbox", { config })).podSandboxId;
    },
    address: async (podSandboxId) => {
      const reply = await call(pods, "PodSandboxStatus", { podSandboxId });
      return reply.status.network.ip;
    },
    stop: async (podSandboxId) => {
      await call(pods, "StopPodSandbox", { podSandboxId });
    },
    remove: async (podSandboxId) => {
      await call(pods, "RemovePodSandbox", { podSandboxId });
    },
    list: async () => {
      const { items = [] } = await call(pods, "ListPodSandbox", {});
      return items.map(({ id }: { id: string }) => id);
    },
    [Symbol.dispose]: () => {
      pods.close();
      images.close();
    },
  };
}

/**
 * Makes one call.
 *
 * @throws {Error} With the method's name and what the runtime said.
 */
async function call(
  client: grpc.Client,
  method: string,
  request: object,
  // deno-lint-ignore no-explicit-any
): Promise<any> {
  const { promise, resolve, reject } = Promise.withResolvers();
  const deadline = Date.now() + TIMEOUT_MS;
  // deno-lint-ignore no-explicit-any
  (client as any)[method](
    request,
    { deadline },
    (error: grpc.ServiceError | null, reply: unknown) => {
      if (error === null) resolve(reply);
      else reject(new Error(`${method}: ${error.details}`, { cause: error }));
    },
  );
  return await promise;
}

function configOf({ name, cgroupParent, hostPort, bandwidth }: PodConfig) {
  return {
    metadata: { name, uid: name, namespace: "cni" },
    logDirectory: "",
    portMappings: [{ containerPort: 80, hostPort }],
    annotations: {
      "kubernetes.io/ingress-bandwidth": bandwidth,
      "kubernetes.io/egress-bandwidth": bandwidth,
    },
    linux: { cgroupParent },
  };
}
