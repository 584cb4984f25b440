// Who sees the cluster, and what is said of it. Fetched when somebody wants to see it as a node does.
import { seenBy } from "../model/ring_words.js";

// `seer`: {cluster, node, seenBy} or null, as it was; what it is once the node was pressed.
export function seen(seer, picture, cluster, node, tell) {
  if (picture.design !== "leaderless") tell("Beside a leader no node keeps a list of who is up.");
  else if (seer?.cluster === cluster && seer.node === node) {
    tell("The cluster is shown as it is.");
    return null;
  } else if (picture.nodes[node].down) tell(`${node} is down and sees nobody. Choose a node that runs.`);
  else {
    tell(`The cluster without a leader is shown as ${node} sees it. Press v on ${node} to see it as it is.`);
    return { cluster, node, seenBy };
  }
  return seer;
}
