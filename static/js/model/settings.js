// Settings as a list to look through: in groups, by words, and beside what a preset asks for.

// The settings without a group first, then each group in the order of its first setting.
export function inGroups(settings) {
  const groups = [{ name: "", settings: [] }];
  for (const setting of settings) {
    const name = setting.group ?? "";
    let group = groups.find((one) => one.name === name);
    if (!group) groups.push(group = { name, settings: [] });
    group.settings.push(setting);
  }
  return groups;
}

// Does the text, in small letters, have every word that was asked for?
export function matching(text, wanted) {
  return wanted.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

// `values`: what the preset sets, by setting; `current`: as it is now. What is not to be had here is left.
export function changesTo(values, settings, current) {
  const changes = [];
  const left = [];
  for (const setting of settings) {
    const value = values[setting.name];
    if (value === undefined || value === current[setting.name]) continue;
    const option = setting.options.find((one) => one.value === value);
    if (option) changes.push({ setting: setting.name, value, title: setting.title, label: option.label });
    else left.push(setting.title);
  }
  return { changes, left };
}

export function saidOf(title, changes, left) {
  const parts = changes.map((one) => `${one.title} → ${one.label}`);
  const stays = left.length ? ` Not to be had here: ${left.join("; ")}.` : "";
  if (!changes.length) return `All settings are as for ${title} already.${stays}`;
  return `For ${title} ${changes.length === 1 ? "one setting changes" : `${changes.length} settings change`}: ${parts.join("; ")}.${stays}`;
}
