/** Everybody does their own work, on one cluster with every policy enforced: nobody is refused. */
import { after } from 'node:test';
import { stopInnocentCluster } from '../support/cluster/innocents.ts';
import './innocents/clouds.ts';
import './innocents/controllers.ts';
import './innocents/network.ts';
import './innocents/nodes.ts';
import './innocents/people.ts';
import './innocents/workloads.ts';
import './innocents/writer.ts';

after(stopInnocentCluster);
