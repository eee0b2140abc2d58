import { runProgram } from "../measure.ts";
import { makeRootfs, PAUSE } from "./rootfs.ts";

/** The image of every pod here, as the runtime knows it. */
export const PAUSE_IMAGE = "cni.test/pause:1";

/**
 * Makes an image whose container waits until it is killed, as an OCI archive:
 * `busybox sleep`, so that none has to be downloaded.
 *
 * @param folder A folder that is there; the image is made in it.
 * @returns Path of the archive.
 */
export async function makePauseImage(folder: string): Promise<string> {
  const root = `${folder}/image-root`;
  const layout = `${folder}/image`;
  const blobs = `${layout}/blobs/sha256`;
  await makeRootfs(root);
  await Deno.mkdir(blobs, { recursive: true });
  const layerTar = `${folder}/layer.tar`;
  await runProgram({ words: ["tar", "-C", root, "-cf", layerTar, "bin"] });
  const addBlob = async (mediaType: string, bytes: Uint8Array<ArrayBuffer>) => {
    const hash = await crypto.subtle.digest("SHA-256", bytes);
    const hex = new Uint8Array(hash).toHex();
    await Deno.writeFile(`${blobs}/${hex}`, bytes);
    return {
      mediaType: `application/vnd.oci.image.${mediaType}`,
      digest: `sha256:${hex}`,
      size: bytes.length,
    };
  };
  const layer = await addBlob("layer.v1.tar", await Deno.readFile(layerTar));
  const config = await addBlob(
    "config.v1+json",
    jsonBytes({
      architecture: Deno.build.arch === "aarch64" ? "arm64" : "amd64",
      os: "linux",
      config: { Entrypoint: PAUSE },
      rootfs: { type: "layers", diff_ids: [layer.digest] },
    }),
  );
  const manifest = await addBlob(
    "manifest.v1+json",
    jsonBytes({ schemaVersion: 2, config, layers: [layer] }),
  );
  const annotations = { "io.containerd.image.name": PAUSE_IMAGE };
  const index = {
    schemaVersion: 2,
    manifests: [{ ...manifest, annotations }],
  };
  await Deno.writeFile(`${layout}/index.json`, jsonBytes(index));
  await Deno.writeFile(
    `${layout}/oci-layout`,
    jsonBytes({ imageLayoutVersion: "1.0.0" }),
  );
  const archive = `${folder}/pause.tar`;
  await runProgram({ words: ["tar", "-C", layout, "-cf", archive, "."] });
  return archive;
}

function jsonBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}
