/** A cluster whose images are judged by Holdfast, and the registries that they come from: they can fail, and one is private. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { issueTestCertificate } from '../certificates.ts';
import { ClosingStack } from '../closing-hooks.ts';
import { installRolloutKind } from '../cluster/gitops-kinds.ts';
import { startShopCluster, type ShopCluster } from '../cluster/shop-cluster.ts';
import { FakeRegistry, type FakeAnswer, type FakeDescriptor } from './fake-registry.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { makeKeys, publicPem, putImage, type Keys } from './image-samples.ts';
import { signImage } from './image-stage.ts';

/** `down` closes each connection, `hang` never answers. */
export type RegistryFault = 'down' | 'hang' | FakeAnswer;

export interface ImageCluster extends ShopCluster {
  readonly registry: FakeRegistry;
  /** Wants a name and a password. */
  readonly privateRegistry: FakeRegistry;
  readonly login: { readonly username: string; readonly password: string };
  /** Of the authority that the rules name. */
  readonly keys: Keys;
  /** What the public registry does from now on; absent: what it should. */
  readonly breakRegistry: (fault?: RegistryFault) => void;
  /** Replaces the second key of the authority: every verdict counts no more, and what the first has signed stays signed. */
  readonly rotateSecondKey: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const LOGIN = { username: 'ada', password: 'secret' };
const MODES = ['deny', 'warn', 'allow', 'allow-if-last-good'] as const;
/** The mode of the rule that judges the images of a folder of the same name. */
export type UnavailableMode = (typeof MODES)[number];

/** Starts everything. Each mode has a folder of the registry, `shop` is denied in an outage. */
export async function startImageCluster(): Promise<ImageCluster> {
  const closing = new ClosingStack();
  try {
    const folder = await makeTemporaryFolder(closing);
    let broken: RegistryFault | undefined;
    const registry = await FakeRegistry.start(closing, {
      intercept: (request) => {
        if (broken === 'down') request.socket.destroy();
        return broken === 'down' ? 'hang' : broken;
      },
    });
    const authentication = { kind: 'basic', ...LOGIN } as const;
    // No credential is sent by http.
    const tls = issueTestCertificate({ commonNames: ['localhost'], purpose: 'server' });
    await writeFile(join(folder, 'ca.pem'), tls.cert);
    const privateRegistry = await FakeRegistry.start(closing, { authentication, tls });
    const keys = makeKeys();
    await writeFile(join(folder, 'cosign.pub'), publicPem(keys));
    const rotateSecondKey = () => writeFile(join(folder, 'second.pub'), publicPem(makeKeys()));
    await rotateSecondKey();
    const hosts = [registry.host, privateRegistry.host];
    const shop = await startShopCluster({
      images: describeImages(folder, hosts),
      // Root gives Holdfast the right to read pull secrets, as who installs it does.
      policies: { gitops_definitions: { parameters: { editors: ['holdfast-test-harness'] } } },
    });
    closing.after(shop.cluster.stop);
    await installRolloutKind(shop.cluster);
    const breakRegistry = (fault?: RegistryFault): void => {
      broken = fault;
    };
    const registries = { registry, privateRegistry, login: LOGIN };
    return {
      ...shop,
      ...registries,
      keys,
      breakRegistry,
      rotateSecondKey,
      stop: () => closing.close(),
    };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

function describeImages(folder: string, hosts: readonly string[]) {
  const [host = '', privateHost = ''] = hosts;
  const authorities = ['release'];
  const rule = (name: string, images: string) => ({ name, images: [images], authorities });
  return {
    resources: [{ preset: 'argo-rollouts' }],
    authorities: [
      { name: 'release', keyFiles: [join(folder, 'cosign.pub'), join(folder, 'second.pub')] },
    ],
    rules: [
      ...MODES.map((mode) => ({ ...rule(mode, `${host}/${mode}/**`), unavailable: mode })),
      rule('shop', `${host}/shop/**`),
      rule('private', `${privateHost}/**`),
    ],
    registries: {
      privateHosts: hosts,
      plainHttpHosts: [host],
      caFile: join(folder, 'ca.pem'),
      readPullSecrets: true,
    },
  };
}

export interface PushedImage {
  readonly descriptor: FakeDescriptor;
  /** `HOST/NAME:1` */
  readonly image: string;
  /** The same with its digest. */
  readonly pinned: string;
}

/** An image with the tag 1 and a signature of the authority, or none. */
export function pushImageTo(registry: FakeRegistry, name: string, signer?: Keys): PushedImage {
  const descriptor = putImage(registry, name, '1');
  if (signer !== undefined) signImage(registry, { name, image: descriptor, signer });
  const image = `${registry.host}/${name}:1`;
  return { descriptor, image, pinned: `${image}@${descriptor.digest}` };
}
