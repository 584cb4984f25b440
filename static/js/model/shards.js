// Several replication groups over the nodes of one cluster. Each is a picture of its own; of a node
// the cluster's picture shows the sum. Which rows are of which group, the rows say.

// `node()`: a node before anything happened.
export function openShards(picture, row, node) {
  picture.shards = {};
  row.shards.forEach(([members, keys], i) => {
    const part = Object.create(picture);
    part.keys = keys;
    part.term = 1;
    part.nodes = Object.fromEntries(members.map((name, place) => [name, { ...node(), role: place ? "follower" : "leader", leader: members[0] }]));
    picture.shards[i + 1] = part;
  });
  for (const name of row.nodes) sum(picture, name);
}

// The pictures that a row is of: a group's, or the cluster's and, of a node, those of its groups.
export function partsOf(picture, row) {
  if (!picture.shards) return [picture];
  if (row.shard) return [picture.shards[row.shard]];
  return row.type.startsWith("node_") ? [picture, ...groupsOf(picture, row.node).map(([, part]) => part)] : [picture];
}

// [number, picture] of each group that has a copy on this node.
export const groupsOf = (picture, name) => Object.entries(picture.shards ?? {}).filter(([, part]) => part.nodes[name]);

export const shardOf = (picture, key) => Object.values(picture.shards ?? {}).find((part) => part.keys.includes(key)) ?? picture;

// What a node is in all its groups together: it leads when it leads any.
export function sum(picture, name) {
  const it = picture.nodes[name];
  if (!it || !picture.shards) return;
  const groups = groupsOf(picture, name);
  const parts = groups.map(([, part]) => part.nodes[name]);
  const leads = groups.filter(([, part]) => part.nodes[name].role === "leader");
  const standing = parts.find((part) => part.role === "candidate");
  Object.assign(it, {
    role: leads.length ? "leader" : standing ? "candidate" : parts.length ? "follower" : "",
    leads: leads.map(([number, part]) => ({ number, term: part.nodes[name].term, old: part.nodes[name].term < part.term })),
    votes: standing?.votes ?? "",
    diverged: parts.find((part) => part.diverged)?.diverged ?? null,
    aside: parts.flatMap((part) => part.aside ?? []),
    suspects: [...new Set(parts.flatMap((part) => part.suspects))],
    fenced: leads.length > 0 && leads.every(([, part]) => part.nodes[name].fenced),
  });
}

// "Leads 1, 3", with a question mark where a newer leader is in office elsewhere.
export const leadsWords = (it) => `Leads ${it.leads.map(({ number, old }) => `${number}${old ? "?" : ""}`).join(", ")}`;
