// The tutorial with the SDK for JavaScript, its last step by itself:
//   node tutorial.cjs work NAME INPUTS OUTPUTS
//   node tutorial.cjs clean NAME
// The last line of its output is a JSON object with what it saw on the way.
"use strict";

const fs = require("node:fs/promises");
const path = require("node:path");
const { BatchServiceClient, BatchSharedKeyCredentials } = require("@azure/batch");
const { BlobServiceClient, ContainerSASPermissions } = require("@azure/storage-blob");

const ENV = process.env;
const PATIENCE = 90_000; // milliseconds
const PAUSE = 100;
const COUNT =
  'wc -w < "$TEXT" > "$COUNTED"; cat "$COUNTED"; cat $AZ_BATCH_NODE_SHARED_DIR/motto.txt >&2';

async function wait(what, look, wanted) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const seen = await look();
    if (wanted(seen)) return seen;
    if (Date.now() > end) throw new Error(`${what} took too long; at last: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/** Makes a container: its client, and its URL with a SAS of these permissions. */
async function container(storage, name, permissions) {
  const client = storage.getContainerClient(name);
  await client.create();
  const url = await client.generateSasUrl({
    permissions: ContainerSASPermissions.parse(permissions),
    expiresOn: new Date(Date.now() + 3_600_000),
  });
  return { client, url };
}

async function download(client, folder) {
  for await (const blob of client.listBlobsFlat()) {
    const target = path.join(folder, path.basename(blob.name));
    await client.getBlobClient(blob.name).downloadToFile(target);
  }
}

async function createPool(batch, id, filesUrl) {
  const images = await batch.account.listSupportedImages();
  const image = images.find((one) => one.nodeAgentSKUId === "batch.node.ubuntu 22.04");
  await batch.pool.add({
    id,
    vmSize: "STANDARD_D2S_V3",
    virtualMachineConfiguration: {
      imageReference: image.imageReference,
      nodeAgentSKUId: image.nodeAgentSKUId,
    },
    targetDedicatedNodes: 2,
    startTask: {
      commandLine: "/bin/sh -c 'cp motto.txt $AZ_BATCH_NODE_SHARED_DIR'",
      resourceFiles: [{ storageContainerUrl: filesUrl, blobPrefix: "motto" }],
      waitForSuccess: true,
    },
  });
  await wait(
    "Starting two nodes",
    async () => (await batch.computeNode.list(id)).map((node) => node.state),
    (states) => states.length === 2 && states.every((state) => state === "idle"),
  );
}

function task(name, filesUrl, outputUrl) {
  return {
    id: path.basename(name, ".txt"),
    commandLine: `/bin/sh -c '${COUNT}'`,
    resourceFiles: [{ storageContainerUrl: filesUrl, blobPrefix: name }],
    environmentSettings: [
      { name: "TEXT", value: name },
      { name: "COUNTED", value: name.replace(".txt", ".count") },
    ],
    outputFiles: [
      {
        filePattern: "*.count",
        destination: { container: { containerUrl: outputUrl } },
        uploadOptions: { uploadCondition: "taskSuccess" },
      },
    ],
  };
}

async function runJob(batch, id, tasks) {
  await batch.job.add({ id, poolInfo: { poolId: id } });
  await batch.task.addCollection(id, tasks);
  return wait(
    "The job",
    () => batch.task.list(id),
    (seen) => seen.every((one) => one.state === "completed"),
  );
}

async function text(batch, job, name) {
  const answer = await batch.file.getFromTask(job, name, "stdout.txt");
  const chunks = [];
  for await (const chunk of answer.readableStreamBody) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Deletes job and pool and waits until the service knows neither. */
async function clean(batch, id) {
  await batch.job.deleteMethod(id);
  await batch.pool.deleteMethod(id);
  const jobListOptions = { filter: `id eq '${id}'` };
  await wait("Deleting the job", () => batch.job.list({ jobListOptions }), (jobs) => !jobs.length);
  await wait("Deleting the pool", () => batch.pool.exists(id), (answer) => !answer.body);
  return {};
}

async function work(batch, name, inputs, outputs) {
  const storage = BlobServiceClient.fromConnectionString(ENV.AZURE_STORAGE_CONNECTION_STRING);
  const files = await container(storage, `${name}-input`, "rl");
  const results = await container(storage, `${name}-output`, "cw");
  const names = await fs.readdir(inputs);
  for (const file of names) {
    await files.client.getBlockBlobClient(file).uploadFile(path.join(inputs, file));
  }

  await createPool(batch, name, files.url);
  const texts = names.filter((file) => file !== "motto.txt");
  const tasks = texts.map((file) => task(file, files.url, results.url));
  const done = await runJob(batch, name, tasks);
  const { taskCounts } = await batch.job.getTaskCounts(name);
  const stdout = {};
  for (const { id } of done) stdout[id] = await text(batch, name, id);
  await download(results.client, outputs);
  await Promise.all([files.client.delete(), results.client.delete()]);
  return { exitCodes: done.map((one) => one.executionInfo.exitCode), taskCounts, stdout };
}

async function main([action, name, ...folders]) {
  const credentials = new BatchSharedKeyCredentials(
    ENV.AZURE_BATCH_ACCOUNT,
    ENV.AZURE_BATCH_ACCESS_KEY,
  );
  const batch = new BatchServiceClient(credentials, ENV.AZURE_BATCH_ENDPOINT);
  const seen = await { work, clean }[action](batch, name, ...folders);
  console.log(JSON.stringify(seen));
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.code, error.stack);
  process.exitCode = 1;
});
