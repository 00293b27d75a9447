"use strict";
// The page of a report. Everything is built as DOM nodes with text content; no string ever becomes markup.

(() => {
  const DATA = JSON.parse(document.getElementById("data").textContent);
  const ROOT = document.documentElement;

  // --- words ---------------------------------------------------------------------------------------

  const WORDS = {
    title: ["Extraction report", "信息抽取评测报告"],
    overview: ["Overview", "概览"], scores: ["Scores", "得分"], mistakes: ["Mistakes", "错误分析"],
    labels: ["Labels", "标签混淆"], documents: ["Documents", "文本浏览"], skip: ["Skip to the documents", "跳到文本浏览"],
    dark: ["Dark", "深色"], light: ["Light", "浅色"], split: ["split", "划分"], predictions: ["predictions", "预测文件"],
    scoresLead: [
      "Strict span F1 in per cent: a fact is right if its label and its strings are exactly those of the gold. Dots are F1, lines their 95 % bootstrap intervals; hollow dots are further ways to count the same answers. A dash stands where too few documents have a fact for an interval.",
      "严格片段 F1（百分数）：标签与字符串须与标注完全一致。圆点为 F1，横线为 95% 自助法置信区间；空心点为同一预测的其他计分口径；含有事实的文本过少时不给出区间，以“–”表示。"],
    corpus: ["corpus", "语料"], metric: ["counted", "计分对象"], interval: ["95 % interval", "95% 区间"], gold: ["gold", "标注"],
    said: ["predicted", "预测"], docs: ["documents", "文本"], all: ["all corpora", "全部语料"],
    means: ["Means over corpora", "各语料平均"],
    meansLead: ["Unweighted means of F1, the way papers average.", "各语料 F1 的算术平均，与论文口径一致。"],
    group: ["group", "分组"], corpora: ["corpora", "语料"], heldin: ["held-in", "域内"],
    slices: ["By kinds of mentions and documents", "分项得分"],
    slicesLead: [
      "The headline counted over mentions, or documents, of one kind. Seen: annotated in a training document of the language, whatever the label. Nested entities are known on the gold side only, so they have recall alone.",
      "按提及或文本的类别分别计分。“见过”指该提及在同语言训练文本中被标注过（不论标签）。嵌套仅能由标注判定，故只有召回率。"],
    "in training": ["in training", "训练集中"], length: ["length of the mention", "提及长度"],
    "in the text": ["in the text", "文中出现"], nesting: ["nesting", "嵌套"], "document length": ["length of the document", "文本长度"],
    contamination: ["in training data", "训练污染"], seen: ["seen", "见过"], unseen: ["unseen", "未见过"], once: ["once", "一次"],
    repeated: ["repeated", "多次"], flat: ["flat", "不嵌套"], nested: ["nested", "嵌套"], clean: ["clean", "未污染"],
    contaminated: ["contaminated", "已污染"], characters: ["characters", "字"], words: ["words", "词"], word: ["word", "词"],
    rates: ["Rates", "比率"],
    ratesLead: ["What else is to be known of the answers; every one of these already shows in the scores.", "关于预测的其他信息，均已反映在得分中。"],
    rate_missing: ["missing", "缺失"], rate_unparsable: ["unparsable", "无法解析"], rate_repaired: ["repaired", "经修复"],
    rate_repeated: ["repeated", "重复"], rate_hallucinated: ["not in the text", "不在原文"],
    rate_unoffered: ["label not offered", "未提供的标签"], rate_abstained: ["rightly empty", "正确留空"],
    mistakesLead: [
      "Every wrong or missed fact has one kind. A wrong fact about the same place as a missed one makes one mistake with it; every fact takes part in at most one pair.",
      "每个错误或遗漏的事实归入一种错误。与遗漏事实位置重合的错误预测同其合并为一个错误，每个事实至多配对一次。"],
    share: ["Shares", "占比"], counts: ["Counts", "数量"], how: ["How the kinds are told apart", "错误类型的判定方法"],
    labelsLead: [
      "Which label was given where the gold has another. Rows are gold, columns predictions; shades are shares of the row. Mistakes in the boundary only stand on the diagonal; nothing predicted stands in the last column, nothing in gold in the last row.",
      "标注标签与预测标签的对应。行为标注，列为预测，颜色深浅为占该行的比例。仅边界错误计入对角线；最后一列为未预测，最后一行为标注中不存在。"],
    none: ["none", "无"], unoffered: ["not offered", "未提供"], others: ["others", "其他"],
    top: ["Most frequent confusions", "最常见的混淆"], perLabel: ["Scores by label", "各标签得分"], label: ["label", "标签"],
    noConfusion: ["No label was taken for another.", "没有标签被混淆。"],
    right: ["right", "正确"], wrong: ["wrong", "错误"], missedMark: ["missed", "遗漏"],
    ofWhichRight: ["of which right", "其中正确"],
    anyCorpus: ["All corpora", "全部语料"], anyTask: ["All tasks", "全部任务"], anyKind: ["All documents", "全部文本"],
    anyMistake: ["Any mistake", "任一错误"], noMistake: ["No mistake", "无错误"], unread: ["Unreadable answer", "无法解析的回答"],
    anyLabel: ["All labels", "全部标签"], search: ["Search text and mentions", "搜索文本与提及"], reset: ["Reset", "重置"],
    allHere: ["This page holds every item ({n}).", "本页包含全部 {n} 项。"],
    someHere: [
      "This page holds {n} of {all} items: those with mistakes first ({faulty} {faulty:has|have} any), spread evenly over corpora and kinds of mistakes. The figures above are of all of them.",
      "本页收录 {all} 项中的 {n} 项：优先收录有错误者（共 {faulty} 项），并在语料与错误类型间均匀分布。以上数字基于全部项目。"],
    found: ["{n} {n:document|documents}", "{n} 篇文本"], over: ["{n} {n:corpus|corpora}", "{n} 个语料"], page: ["page {n} of {all}", "第 {n} / {all} 页"],
    previous: ["← Previous", "← 上一页"], next: ["Next →", "下一页 →"],
    keys: ["search", "搜索"], keysPages: ["pages", "翻页"], keysDocs: ["next / previous document", "下一篇 / 上一篇"],
    nothing: ["No document on this page shows this.", "本页没有符合条件的文本。"],
    unreadable: ["The answer could not be read", "回答无法解析"], repaired: ["The answer was repaired", "回答经过修复"],
    cut: ["… {n} more {n:character|characters}", "……另有 {n} 个字符"], more: ["{n} more {n:fact is|facts are} not shown.", "另有 {n} 个事实未显示。"],
    kind: ["kind", "类型"], passed: ["→ passed for", "→ 误作"], trigger: ["no trigger", "无触发词"],
    footer: [
      "Every figure carries this signature; two runs with one signature and one set of predictions give the same page.",
      "每个数字都对应以下签名；签名与预测相同，则页面相同。"],
    filters: ["Filters", "筛选"], language: ["Language", "语言"],
  };
  const TASKS = {
    NER: ["Named entities", "命名实体"], RE: ["Relations", "关系"], EE: ["Events", "事件"],
    EET: ["Event triggers", "事件触发词"], EEA: ["Event arguments", "事件论元"],
  };
  const METRICS = {
    ner: ["entities", "实体"], re: ["relations", "关系"], "re-typed": ["relations with types", "关系（含头尾类型）"],
    ti: ["trigger strings (TI)", "触发词识别 (TI)"], tc: ["triggers (TC)", "触发词分类 (TC)"],
    ai: ["argument strings (AI)", "论元识别 (AI)"], ac: ["arguments (AC)", "论元分类 (AC)"],
    "ac-paired": ["arguments, event by event", "论元分类（按事件配对）"],
  };
  const KINDS = {
    boundary: ["boundary", "边界", "The label is right, the mention overlaps the gold one. Of a relation: head or tail.", "标签正确，提及与标注重叠；关系中为头或尾实体。"],
    type: ["type", "类型", "The mention is right, its type is not; of an argument: its event type.", "提及正确，类型错误；论元为事件类型错误。"],
    relation: ["relation", "关系", "The right pair, the wrong relation.", "头尾正确，关系错误。"],
    role: ["role", "角色", "The right mention of the event type, the wrong role.", "事件类型与提及正确，角色错误。"],
    swapped: ["swapped", "互换", "Head and tail are exchanged; of arguments: two have each other's roles.", "头尾实体互换；论元中为两者角色互换。"],
    both: ["both", "标签与边界", "The label is wrong (or the direction) and the mention only overlaps.", "标签（或方向）错误，且提及仅部分重叠。"],
    hallucinated: ["hallucinated", "虚构", "A mention is not in the text.", "提及不在原文中。"],
    spurious: ["spurious", "多余", "Nothing in the gold is near it.", "标注中没有与之对应的内容。"],
    repeated: ["repeated", "重复", "A right fact said more often than the gold has it.", "正确的事实被重复给出。"],
    missed: ["missed", "遗漏", "In the gold, and nothing predicted is near it.", "标注中存在，预测中没有对应内容。"],
    right: ["right", "正确", "", ""],
  };
  const HEADLINES = ["ner", "re", "tc", "ac"];
  const STACK = ["type", "relation", "role", "swapped", "both", "boundary", "hallucinated", "repeated", "spurious", "missed"];

  // --- state: what the hash of the address says --------------------------------------------------------

  const state = {
    corpus: "", task: "", kind: "", label: "", gold: "", said: "", q: "", page: 1, ui: "", theme: "",
    table: "", stack: "share",
  };
  const FILTERS = ["corpus", "task", "kind", "label", "gold", "said", "q"];
  const PER_PAGE = 10;

  function remembered(name) {
    try { return localStorage.getItem("uiebench-" + name) || ""; } catch { return ""; }
  }
  function remember(name, value) {
    try { localStorage.setItem("uiebench-" + name, value); } catch { /* a page without storage works too */ }
  }
  function readHash() {
    const hash = location.hash.slice(1);
    if (hash && !hash.includes("=")) return false; // the name of a section
    const said = new URLSearchParams(hash);
    for (const name of [...FILTERS, "table"]) state[name] = said.get(name) || "";
    state.page = Math.max(1, parseInt(said.get("page"), 10) || 1);
    state.stack = said.get("stack") === "count" ? "count" : "share";
    state.ui = ["zh", "en"].includes(said.get("ui")) ? said.get("ui") : state.ui;
    state.theme = ["light", "dark"].includes(said.get("theme")) ? said.get("theme") : state.theme;
    return FILTERS.some((name) => state[name]);
  }
  function hashOf(changes) {
    const all = { ...state, ...changes }, said = new URLSearchParams();
    for (const name of [...FILTERS, "table"]) if (all[name]) said.set(name, all[name]);
    if (all.page > 1) said.set("page", all.page);
    if (all.stack !== "share") said.set("stack", all.stack);
    return "#" + (said.toString() || "all=1");
  }
  /** The address of a choice of documents: a link, so that it can be reached with the keyboard. */
  const toDocuments = (filters) => {
    const none = Object.fromEntries(FILTERS.map((name) => [name, ""]));
    return hashOf({ ...none, page: 1, ...filters });
  };
  function change(changes) {
    Object.assign(state, changes);
    try { history.replaceState(null, "", hashOf({})); } catch { /* the state is kept without it */ }
  }

  // --- building nodes ------------------------------------------------------------------------------------

  const t = (key, values = {}) => {
    const text = WORDS[key][state.ui === "zh" ? 1 : 0]; // "{n}" is a value, "{n:one|many}" a word for it
    return text.replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g, (_, name, one, many) =>
      one === undefined ? values[name] : String(values[name]) === "1" ? one : many);
  };
  const of = (pair) => (pair ? pair[state.ui === "zh" ? 1 : 0] : "");
  const taskName = (task) => of(TASKS[task]) || task;
  const metricName = (metric) => of(METRICS[metric]) || metric;
  const kindName = (kind) => of(KINDS[kind]) || kind;

  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value === true ? "" : value);
    }
    for (const child of children.flat(Infinity)) {
      if (child !== null && child !== undefined) node.append(child instanceof Node ? child : String(child));
    }
    return node;
  }
  const el = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
  const svg = (tag, attributes = {}, ...children) =>
    fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

  const number = (n) => n.toLocaleString("en-US");
  const percent = (value) => (100 * value).toFixed(2);
  const spread = (row) =>
    row.low === null || row.low === undefined ? DATA.interval_from === null ? "" : "–" : `${(100 * row.low).toFixed(1)}–${(100 * row.high).toFixed(1)}`;
  const share = (count, whole) => {
    if (!whole || count === null) return "–";
    return count ? `${number(count)} (${((100 * count) / whole).toFixed(1)} %)` : "0";
  };

  // --- labels ----------------------------------------------------------------------------------------------

  const pick = (names, name) => {
    const found = names && Object.hasOwn(names, name) ? names[name] : null;
    return found ? found[state.ui === "zh" ? 0 : 1] || name : name;
  };
  /** The display name of a label, which is [] for none and [""] for one that was not offered. */
  function labelName(corpus, metric, label) {
    if (label.length === 0) return t("none");
    if (label.length === 1 && label[0] === "") return t("unoffered");
    const known = DATA.corpora[corpus] || {};
    switch (metric) {
      case "ner": return pick(known.entities, label[0]);
      case "re": return pick(known.relations, label[0]);
      case "ac": return `${pick(known.events, label[0])} · ${pick((known.roles || {})[label[0]], label[1])}`;
      default: return pick(known.events, label[0]);
    }
  }
  const keyOf = (label) => label.join("/");

  // --- the top -----------------------------------------------------------------------------------------------

  function bar() {
    const links = ["overview", "scores", "mistakes", "labels", "documents"];
    return el("div", { class: "bar" },
      el("div", { class: "wrap" },
        el("span", { class: "brand" }, "uiebench"),
        el("nav", {}, links.map((name) => el("a", { href: "#" + name }, t(name)))),
        el("div", { class: "switch" },
          el("button", { id: "ui", type: "button", "aria-label": t("language"), onclick: () => setUi(state.ui === "zh" ? "en" : "zh") },
            state.ui === "zh" ? "English" : "中文"),
          el("button", { id: "theme", type: "button", onclick: () => setTheme(state.theme === "dark" ? "light" : "dark") }, themeButton()))));
  }
  function setUi(ui) {
    const y = scrollY;
    state.ui = ui;
    remember("ui", ui);
    render();
    document.getElementById("ui").focus({ preventScroll: true });
    scrollTo(0, y);
  }
  function setTheme(theme) {
    state.theme = ROOT.dataset.theme = theme;
    remember("theme", theme);
    document.getElementById("theme").textContent = themeButton();
  }
  const themeButton = () => (state.theme === "dark" ? t("light") : t("dark"));

  function overview() {
    const totals = DATA.rows.filter((row) => row.by === "all" && HEADLINES.includes(row.metric));
    return el("section", { id: "overview" },
      el("h1", {}, t("title")),
      el("p", { class: "meta" }, DATA.benchmark, DATA.split ? ` · ${t("split")} ${DATA.split}` : "", ` · ${t("predictions")} `,
        el("span", {}, DATA.source)),
      el("div", { class: "cards" }, totals.map((row) => {
        const corpora = DATA.rows.filter((r) => r.by === "corpus" && r.task === row.task && r.metric === row.metric).length;
        return el("div", { class: "card" },
          el("div", { class: "name" }, taskName(row.task), row.task.startsWith("EE") ? ` · ${metricName(row.metric)}` : ""),
          el("div", { class: "figure" }, percent(row.f1)),
          el("div", { class: "small" }, row.low === null ? "F1" : `F1, 95 % ${spread(row)}`),
          el("div", { class: "small" }, `${t("found", { n: number(row.documents) })} · ${t("over", { n: corpora })}`));
      })));
  }

  // --- scores ------------------------------------------------------------------------------------------------

  const WIDTH = 280;
  const at = (value) => 6 + (WIDTH - 12) * value;

  function axis() {
    return svg("svg", { width: WIDTH, height: 14, "aria-hidden": "true" }, [0, 0.25, 0.5, 0.75, 1].map((value) =>
      svg("text", { class: "tick", x: at(value), y: 11, "text-anchor": value === 0 ? "start" : value === 1 ? "end" : "middle" }, 100 * value)));
  }
  function forest(row, minor) {
    const grid = [0, 0.25, 0.5, 0.75, 1].map((v) => svg("line", { class: "grid", x1: at(v), x2: at(v), y1: 0, y2: 26 }));
    const known = row.low !== null && row.low !== undefined;
    const name = `F1 ${percent(row.f1)}${known ? ` (${spread(row)})` : ""}`;
    return svg("svg", { class: minor ? "minor" : "", width: WIDTH, height: 26, role: "img", "aria-label": name },
      svg("title", {}, name), grid,
      known ? svg("line", { class: "whisker", x1: at(row.low), x2: at(row.high), y1: 13, y2: 13 }) : null,
      svg("circle", { class: "dot", cx: at(row.f1), cy: 13, r: 3.6 }));
  }

  function scores() {
    const body = [];
    for (const task of Object.keys(TASKS)) {
      const rows = DATA.rows.filter((row) => row.task === task && (row.by === "corpus" || row.by === "all"));
      if (!rows.length) continue;
      const metrics = Object.keys(METRICS).filter((metric) => rows.some((row) => row.metric === metric));
      const headline = metrics.filter((metric) => HEADLINES.includes(metric));
      const single = new Set(rows.filter((row) => row.by === "corpus").map((row) => row.key)).size === 1;
      body.push(el("tr", { class: "group" }, el("td", { colspan: 9 }, taskName(task))));
      for (const by of ["corpus", "all"]) {
        if (by === "all" && single) continue;
        const keys = [...new Set(rows.filter((row) => row.by === by).map((row) => row.key))];
        for (const key of keys) {
          let first = true;
          for (const metric of [...headline, ...metrics.filter((metric) => !headline.includes(metric))]) {
            const row = rows.find((r) => r.by === by && r.key === key && r.metric === metric);
            if (!row) continue;
            const minor = !headline.includes(metric);
            const name = by === "all" ? t("all") : el("a", { href: toDocuments({ corpus: key, task }) }, key);
            body.push(el("tr", { class: (by === "all" ? "sum " : "") + (minor ? "minor" : "") },
              el("td", {}, first ? name : ""), el("td", {}, metricName(metric)),
              el("td", { class: "plot forest" }, forest(row, minor)),
              el("td", { class: "n" }, percent(row.f1)), el("td", { class: "n" }, spread(row)),
              el("td", { class: "n" }, percent(row.precision)), el("td", { class: "n" }, percent(row.recall)),
              el("td", { class: "n" }, number(row.gold)), el("td", { class: "n" }, number(row.documents))));
            first = false;
          }
        }
      }
    }
    return el("section", { id: "scores" }, el("h2", {}, t("scores")), el("p", { class: "lead" }, t("scoresLead")),
      el("div", { class: "scroll" }, el("table", { class: "figures" },
        el("thead", {}, el("tr", {}, el("th", {}, t("corpus")), el("th", {}, t("metric")), el("th", { class: "forest" }, axis()),
          ["F1", t("interval"), "P", "R", t("gold"), t("docs")].map((name) => el("th", { class: "n" }, name)))),
        el("tbody", {}, body))),
      means(), slices(), rates());
  }

  /** "seen", or a length such as "3–4 characters", in the language of the page. */
  const sliceValue = (value) => value.split(" ").map((word) => (Object.hasOwn(WORDS, word) ? t(word) : word)).join(" ");

  function slices() {
    const rows = DATA.slices;
    if (!rows.length) return null;
    const body = [];
    let before = "", aspect = "";
    for (const row of rows) {
      const group = `${row.task} ${row.metric}`;
      if (group !== before) {
        const metric = row.task.startsWith("EE") ? ` · ${metricName(row.metric)}` : "";
        body.push(el("tr", { class: "group" }, el("td", { colspan: 9 }, taskName(row.task), metric)));
      }
      const first = group !== before || aspect !== row.aspect;
      before = group;
      aspect = row.aspect;
      body.push(el("tr", {}, el("td", {}, first ? t(row.aspect) : ""), el("td", {}, sliceValue(row.value)),
        el("td", { class: "plot forest" }, row.f1 === null ? "" : forest(row, false)),
        el("td", { class: "n" }, row.f1 === null ? "–" : percent(row.f1)), el("td", { class: "n" }, spread(row)),
        el("td", { class: "n" }, row.precision === null ? "–" : percent(row.precision)), el("td", { class: "n" }, percent(row.recall)),
        el("td", { class: "n" }, number(row.gold)), el("td", { class: "n" }, number(row.documents))));
    }
    return [el("h3", { id: "slices" }, t("slices")), el("p", { class: "lead" }, t("slicesLead")),
      el("div", { class: "scroll" }, el("table", { class: "figures" },
        el("thead", {}, el("tr", {}, el("th", {}), el("th", {}), el("th", { class: "forest" }, axis()),
          ["F1", t("interval"), "P", "R", t("gold"), t("docs")].map((name) => el("th", { class: "n" }, name)))),
        el("tbody", {}, body)))];
  }

  function means() {
    const rows = DATA.means.filter((mean) => HEADLINES.includes(mean.metric));
    if (!rows.length) return null;
    const groupName = (key) => {
      const parts = /^held-in (zh|en) (\w+)$/.exec(key);
      return parts ? `${t("heldin")} ${parts[1]} ${parts[2]}` : key;
    };
    return [el("h3", {}, t("means")), el("p", { class: "lead" }, t("meansLead")),
      el("div", { class: "scroll" }, el("table", { class: "figures" },
        el("thead", {}, el("tr", {}, el("th", {}, t("group")), el("th", {}, t("metric")), el("th", { class: "forest" }, axis()),
          el("th", { class: "n" }, "F1"), el("th", { class: "n" }, t("interval")), el("th", {}, t("corpora")))),
        el("tbody", {}, rows.map((mean) => el("tr", {},
          el("td", {}, groupName(mean.key)), el("td", {}, metricName(mean.metric)), el("td", { class: "plot forest" }, forest(mean, false)),
          el("td", { class: "n" }, percent(mean.f1)), el("td", { class: "n" }, spread(mean)),
          el("td", { class: "wide" }, `${mean.corpora.length}: ${mean.corpora.join(", ")}`))))))];
  }

  const RATES = [["missing", "prompts"], ["unparsable", "prompts"], ["repaired", "prompts"], ["repeated", "facts"],
    ["hallucinated", "strings"], ["unoffered", "facts"], ["abstained", "silent"]];

  function rates() {
    return [el("h3", {}, t("rates")), el("p", { class: "lead" }, t("ratesLead")),
      el("div", { class: "scroll" }, el("table", { class: "figures" },
        el("thead", {}, el("tr", {}, el("th", {}, t("corpus")), RATES.map(([part]) => el("th", { class: "n" }, t("rate_" + part))))),
        el("tbody", {}, Object.entries(DATA.rates).map(([key, found]) => el("tr", {}, el("td", {}, key),
          RATES.map(([part, whole]) => el("td", { class: "n" + (found[part] ? "" : " zero") }, share(found[part], found[whole]))))))))];
  }

  // --- mistakes ----------------------------------------------------------------------------------------------

  function mistakes() {
    const present = STACK.filter((kind) => DATA.errors.some((e) => e.kinds[kind]));
    const total = (e) => Object.values(e.kinds).reduce((a, b) => a + b, 0);
    const most = Math.max(1, ...DATA.errors.map(total)); // sums are drawn to their own scale
    const width = 560, body = [];
    for (const task of Object.keys(TASKS)) {
      const found = DATA.errors.filter((e) => e.task === task)
        .sort((a, b) => (a.corpus === b.corpus ? HEADLINES.indexOf(a.metric) - HEADLINES.indexOf(b.metric) : a.corpus < b.corpus ? -1 : 1));
      if (!found.length) continue;
      body.push(el("tr", { class: "group" }, el("td", { colspan: 4 }, taskName(task))));
      for (const metric of found.length > new Set(found.map((e) => e.metric)).size ? HEADLINES : []) {
        const kinds = {};
        for (const e of found.filter((e) => e.metric === metric)) {
          for (const [kind, count] of Object.entries(e.kinds)) kinds[kind] = (kinds[kind] || 0) + count;
        }
        if (Object.keys(kinds).length) found.push({ corpus: "", task, metric, kinds });
      }
      for (const e of found) {
        const all = total(e), scale = state.stack === "count" && e.corpus ? width / most : width / Math.max(1, all);
        let x = 0;
        const parts = present.filter((kind) => e.kinds[kind]).map((kind) => {
          const count = e.kinds[kind], name = `${e.corpus || t("all")}, ${kindName(kind)}: ${share(count, all)}`;
          const part = svg("a", { href: toDocuments({ corpus: e.corpus, task, kind }), "aria-label": name },
            svg("rect", { x, y: 4, width: Math.max(0.5, count * scale - 1), height: 16 }, svg("title", {}, name)));
          part.firstChild.style.fill = `var(--k-${kind})`;
          x += count * scale;
          return part;
        });
        const events = found.some((other) => other.corpus === e.corpus && other.metric !== e.metric);
        body.push(el("tr", { class: e.corpus ? "" : "sum" }, el("td", {}, e.corpus || t("all")), el("td", {}, events || task.startsWith("EE") ? metricName(e.metric) : ""),
          el("td", { class: "plot" }, svg("svg", { class: "stack", width, height: 24, viewBox: `0 0 ${width} 24`, preserveAspectRatio: "none", role: "group" }, parts)),
          el("td", { class: "n" }, number(all))));
      }
    }
    const choice = (name) => el("button", { type: "button", "aria-pressed": String(state.stack === name),
      onclick: () => { change({ stack: name }); replace("mistakes", mistakes()); } }, t(name === "count" ? "counts" : "share"));
    return el("section", { id: "mistakes" }, el("h2", {}, t("mistakes")), el("p", { class: "lead" }, t("mistakesLead")),
      el("div", { class: "tools" }, choice("share"), choice("count"),
        el("div", { class: "legend" }, present.map((kind) => el("a", { href: toDocuments({ kind }), title: KINDS[kind][state.ui === "zh" ? 3 : 2] },
          swatch(kind), kindName(kind))))),
      el("div", { class: "scroll" }, el("table", { class: "figures" }, el("tbody", {}, body))),
      el("details", {}, el("summary", {}, t("how")),
        el("dl", { class: "kinds" }, STACK.map((kind) => [el("dt", {}, swatch(kind), kindName(kind)),
          el("dd", {}, KINDS[kind][state.ui === "zh" ? 3 : 2])]))));
  }
  function swatch(kind) {
    const node = el("span", { class: "swatch" });
    node.style.background = `var(--k-${kind})`;
    return node;
  }

  // --- labels ------------------------------------------------------------------------------------------------

  const MOST_LABELS = 20;
  const tableKey = (e) => `${e.corpus} ${e.task} ${e.metric}`;

  function labels() {
    const options = DATA.errors.filter((e) => e.confusions.length);
    if (!options.length) return el("section", { id: "labels" });
    const chosen = options.find((e) => tableKey(e) === state.table) || options[0];
    const select = el("select", { id: "table", "aria-label": t("labels"),
      onchange: (event) => { change({ table: event.target.value }); replace("labels", labels()); document.getElementById("table").focus(); } },
      options.map((e) => el("option", { value: tableKey(e), selected: e === chosen },
        `${e.corpus} · ${taskName(e.task)}${e.task.startsWith("EE") ? " · " + metricName(e.metric) : ""}`)));
    return el("section", { id: "labels" }, el("h2", {}, t("labels")), el("p", { class: "lead" }, t("labelsLead")),
      el("div", { class: "tools" }, select),
      el("div", { class: "beside" + (new Set(chosen.confusions.map(([, said]) => keyOf(said))).size > 14 ? " wide" : "") },
        el("div", { class: "scroll" }, matrix(chosen)),
        el("div", {}, el("h3", {}, t("top")), topConfusions(chosen))),
      perLabel(chosen));
  }

  function matrix(e) {
    // The labels with most mistakes and gold, the others summed up in one row and one column.
    const weight = new Map(), named = new Map();
    for (const [gold, said, count] of e.confusions) {
      for (const label of [gold, said]) {
        if (label.length && label[0] !== "") {
          named.set(keyOf(label), label);
          weight.set(keyOf(label), (weight.get(keyOf(label)) || 0) + count);
        }
      }
    }
    const ranked = [...weight.keys()].sort((a, b) => weight.get(b) - weight.get(a) || (a < b ? -1 : 1));
    const shown = ranked.slice(0, ranked.length <= MOST_LABELS + 2 ? ranked.length : MOST_LABELS);
    const place = new Map(shown.map((key, i) => [key, i]));
    const OTHER = shown.length, UNOFFERED = OTHER + 1, NONE = OTHER + 2;
    const index = (label) => label.length === 0 ? NONE : label.length === 1 && label[0] === "" ? UNOFFERED : place.get(keyOf(label)) ?? OTHER;
    const cells = new Map(), sums = new Map(), used = new Set();
    for (const [gold, said, count, right] of e.confusions) {
      const key = index(gold) + " " + index(said), cell = cells.get(key) || { count: 0, right: 0 };
      cells.set(key, { count: cell.count + count, right: cell.right + right });
      sums.set(index(gold), (sums.get(index(gold)) || 0) + count);
      used.add("r" + index(gold)).add("c" + index(said));
    }
    const edges = [[OTHER, `${t("others")} (${ranked.length - shown.length})`], [UNOFFERED, t("unoffered")], [NONE, t("none")]];
    const names = shown.map((key) => labelName(e.corpus, e.metric, named.get(key)));
    const line = (prefix) => [...shown.map((key, i) => [i, names[i]]), ...edges.filter(([i]) => used.has(prefix + i))];
    const columns = line("c"), rows = line("r");
    const body = rows.map(([i, name]) => el("tr", { class: i === rows.find(([n]) => n >= OTHER)?.[0] ? "edge" : "" },
      el("th", { title: name, scope: "row" }, i >= OTHER ? el("em", {}, name) : name),
      columns.map(([j, other]) => {
        const cell = cells.get(i + " " + j), edge = j === columns.find(([n]) => n >= OTHER)?.[0] ? "edge" : "";
        if (!cell) return el("td", { class: edge }, i === NONE && j === NONE ? "" : "·");
        const text = `${name} → ${other}: ${number(cell.count)}` + (cell.right ? `, ${t("ofWhichRight")} ${number(cell.right)}` : "");
        const label = (n) => (n < OTHER ? shown[n] : n === NONE ? "-" : n === UNOFFERED ? "?" : "");
        const plain = i === OTHER || j === OTHER || (i === j && !(cell.count > cell.right));
        const filter = { corpus: e.corpus, task: e.task, ...(plain ? { label: label(i) || label(j) } : { gold: label(i), said: label(j) }) };
        const node = el("td", { class: edge }, el("a", { href: toDocuments(filter), title: text, "aria-label": text }, number(cell.count)));
        const tint = i === j ? "--shade" : j === NONE ? "--cold" : "--heat";
        node.style.background = `rgba(var(${tint}), ${(0.08 + 0.62 * Math.sqrt(cell.count / sums.get(i))).toFixed(3)})`;
        return node;
      })));
    return el("table", { class: "matrix" },
      el("thead", {}, el("tr", {}, el("th", { class: "corner" }, `${t("gold")} ↓  ${t("said")} →`),
        columns.map(([j, name]) => el("th", { title: name, scope: "col" }, el("span", {}, j >= OTHER ? el("em", {}, name) : name))))),
      el("tbody", {}, body));
  }

  function topConfusions(e) {
    const found = e.confusions.filter(([gold, said]) => gold.length && said.length && keyOf(gold) !== keyOf(said))
      .sort((a, b) => b[2] - a[2]).slice(0, 12);
    if (!found.length) return el("p", { class: "lead" }, t("noConfusion"));
    return el("ol", { class: "top" }, found.map(([gold, said, count]) => el("li", {},
      el("a", { href: toDocuments({ corpus: e.corpus, task: e.task, gold: keyOf(gold), said: keyOf(said) || "?" }) },
        `${labelName(e.corpus, e.metric, gold)} → ${labelName(e.corpus, e.metric, said)}`), el("span", {}, number(count)))));
  }

  function perLabel(e) {
    const rows = DATA.rows.filter((row) => row.by === "type" && row.task === e.task && row.metric === e.metric && row.key.startsWith(e.corpus + " "));
    if (!rows.length) return null;
    const metric = e.metric === "ac" ? "tc" : e.metric; // arguments are summed by event type
    return el("details", { open: rows.length <= 12 }, el("summary", {}, `${t("perLabel")} (${rows.length})`),
      el("div", { class: "scroll" }, el("table", { class: "figures" },
        el("thead", {}, el("tr", {}, el("th", {}, t("label")), el("th", { class: "forest" }, axis()),
          ["F1", "P", "R", t("gold"), t("said"), t("right")].map((name) => el("th", { class: "n" }, name)))),
        el("tbody", {}, rows.map((row) => {
          const label = [row.key.slice(e.corpus.length + 1)];
          return el("tr", {}, el("td", { title: label[0] }, labelName(e.corpus, metric, label)),
            el("td", { class: "plot forest" }, forest(row, false)),
            el("td", { class: "n" }, percent(row.f1)), el("td", { class: "n" }, percent(row.precision)), el("td", { class: "n" }, percent(row.recall)),
            el("td", { class: "n" }, number(row.gold)), el("td", { class: "n" }, number(row.predicted)), el("td", { class: "n" }, number(row.correct)));
        })))));
  }

  // --- documents ---------------------------------------------------------------------------------------------

  const labelIs = (claim, key) => claim !== null && keyOf(claim[0]) === key;
  const offered = (doc, metric, claim) => {
    const known = DATA.corpora[doc.corpus];
    const names = { ner: known.entities, re: known.relations, tc: known.events }[metric];
    if (metric !== "ac") return Object.hasOwn(names, claim[0][0]);
    return Object.hasOwn(known.roles, claim[0][0]) && Object.hasOwn(known.roles[claim[0][0]], claim[0][1]);
  };
  /** Whether a side of a mistake has the label of a filter: "-" is none, "?" a label that was not offered. */
  const sideIs = (doc, metric, claim, key) => {
    if (!key) return true;
    if (key === "-") return claim === null;
    if (key === "?") return claim !== null && !offered(doc, metric, claim);
    return labelIs(claim, key);
  };

  function factFits(doc, [metric, kind, gold, said]) {
    const { kind: wanted, label } = state;
    if (wanted && wanted !== "any" && wanted !== kind) return false;
    if (wanted === "any" && kind === "right") return false;
    if (label && !labelIs(gold, label) && !labelIs(said, label)) return false;
    if ((state.gold || state.said) && kind === "right") return false;
    return sideIs(doc, metric, gold, state.gold) && sideIs(doc, metric, said, state.said);
  }
  function fits(doc) {
    if (state.corpus && doc.corpus !== state.corpus) return false;
    if (state.task && doc.task !== state.task) return false;
    if (state.kind === "none" && doc.facts.some((fact) => fact[1] !== "right")) return false;
    if (state.kind === "unread" && !doc.problem) return false;
    const byFact = (state.kind && !["none", "unread"].includes(state.kind)) || state.gold || state.said;
    if (byFact && !doc.facts.some((fact) => factFits(doc, fact))) return false;
    if (!byFact && state.label && !doc.facts.some(([, , gold, said]) => labelIs(gold, state.label) || labelIs(said, state.label))) return false;
    return !state.q || haystack(doc).includes(state.q.toLowerCase());
  }
  const haystacks = new Map();
  function haystack(doc) {
    if (!haystacks.has(doc)) {
      const mentions = doc.facts.flatMap(([, , gold, said]) => [gold, said].flatMap((claim) => (claim ? claim[1] : [])));
      haystacks.set(doc, [doc.id, doc.text, ...mentions].join("\n").toLowerCase());
    }
    return haystacks.get(doc);
  }

  function labelOptions() {
    const found = new Map();
    for (const doc of DATA.documents) {
      if ((state.corpus && doc.corpus !== state.corpus) || (state.task && doc.task !== state.task)) continue;
      for (const [metric, , gold, said] of doc.facts) {
        for (const claim of [gold, said]) {
          if (claim) found.set(keyOf(claim[0]), labelName(doc.corpus, metric, claim[0]));
        }
      }
    }
    if (state.label && !found.has(state.label)) found.set(state.label, state.label);
    return [...found].sort((a, b) => a[1].localeCompare(b[1], state.ui === "zh" ? "zh" : "en")).slice(0, 1000);
  }

  function documents() {
    const total = DATA.documents.length;
    const values = { n: number(total), all: number(DATA.items), faulty: number(DATA.faulty) };
    return el("section", { id: "documents" }, el("h2", {}, t("documents")),
      el("p", { class: "lead", id: "held" }, t(total === DATA.items ? "allHere" : "someHere", values)),
      el("div", { class: "key" },
        ["right", "wrong", "missed"].map((name) => el("span", {}, el("i", { class: name }), t(name === "missed" ? "missedMark" : name))),
        el("span", {}, el("kbd", {}, "/"), " ", t("keys")), el("span", {}, el("kbd", {}, "←"), " ", el("kbd", {}, "→"), " ", t("keysPages")),
        el("span", {}, el("kbd", {}, "j"), " ", el("kbd", {}, "k"), " ", t("keysDocs"))),
      el("div", { class: "filters", id: "filters", role: "search", "aria-label": t("filters") }), el("div", { id: "list" }));
  }

  function filters() {
    const select = (name, any, options) => el("select", { id: "by-" + name, "aria-label": any,
      onchange: (event) => {
        change({ [name]: event.target.value, page: 1, ...(name === "label" ? {} : { gold: "", said: "" }) });
        refresh("by-" + name);
      } },
      el("option", { value: "" }, any), options.map(([value, text]) => el("option", { value, selected: value === state[name] }, text)));
    const corpora = [...new Set(DATA.documents.map((doc) => doc.corpus))];
    const tasks = Object.keys(TASKS).filter((task) => DATA.documents.some((doc) => doc.task === task));
    const kinds = STACK.filter((kind) => DATA.documents.some((doc) => doc.facts.some((fact) => fact[1] === kind)));
    const special = [["any", t("anyMistake")], ...kinds.map((kind) => [kind, kindName(kind)]), ["none", t("noMistake")]];
    if (DATA.documents.some((doc) => doc.problem)) special.push(["unread", t("unread")]);
    let waiting = 0;
    const chips = [];
    if (state.gold || state.said) {
      const name = (key) => key === "-" ? t("none") : key === "?" ? t("unoffered") : nameOfKey(key);
      chips.push(el("button", { type: "button", class: "chip", id: "chip", onclick: () => { change({ gold: "", said: "", page: 1 }); refresh("by-label"); } },
        `${name(state.gold || "-")} → ${name(state.said || "-")} ×`));
    }
    return [
      select("corpus", t("anyCorpus"), corpora.map((name) => [name, name])),
      select("task", t("anyTask"), tasks.map((task) => [task, taskName(task)])),
      select("kind", t("anyKind"), special),
      select("label", t("anyLabel"), labelOptions()),
      chips,
      el("input", { id: "q", type: "search", placeholder: t("search"), "aria-label": t("search"), value: state.q,
        oninput: (event) => {
          clearTimeout(waiting);
          const q = event.target.value;
          waiting = setTimeout(() => { change({ q, page: 1 }); replace("list", list()); }, 150);
        } }),
      el("button", { type: "button", id: "reset", onclick: () => {
        change({ ...Object.fromEntries(FILTERS.map((name) => [name, ""])), page: 1 });
        refresh("reset");
      } }, t("reset")),
    ];
  }
  function nameOfKey(key) {
    for (const doc of DATA.documents) {
      for (const [metric, , gold, said] of doc.facts) {
        for (const claim of [gold, said]) if (labelIs(claim, key) && (!state.corpus || doc.corpus === state.corpus)) return labelName(doc.corpus, metric, claim[0]);
      }
    }
    return key;
  }
  function refresh(focus) {
    document.getElementById("filters").replaceChildren(...filters().flat());
    replace("list", list());
    document.getElementById(focus)?.focus();
  }

  function list() {
    const found = DATA.documents.filter(fits), pages = Math.max(1, Math.ceil(found.length / PER_PAGE));
    state.page = Math.min(state.page, pages);
    const here = found.slice((state.page - 1) * PER_PAGE, state.page * PER_PAGE);
    const pager = () => el("div", { class: "pager" },
      el("span", { class: "grow", "aria-live": "polite" },
        t("found", { n: number(found.length) }), pages > 1 ? ` · ${t("page", { n: state.page, all: pages })}` : ""),
      el("button", { type: "button", disabled: state.page === 1, onclick: () => turn(-1) }, t("previous")),
      el("button", { type: "button", disabled: state.page === pages, onclick: () => turn(1) }, t("next")));
    return el("div", { id: "list", "data-found": found.length, "data-page": state.page, "data-pages": pages }, pager(),
      here.length ? here.map(card) : el("p", { class: "nothing" }, t("nothing")), here.length > 2 ? pager() : null);
  }
  function turn(step) {
    const pages = Number(document.getElementById("list").dataset.pages), page = Math.min(pages, Math.max(1, state.page + step));
    if (page === state.page) return;
    change({ page });
    replace("list", list());
    document.getElementById("filters").scrollIntoView({ block: "start" });
  }

  function card(doc) {
    const counts = new Map();
    for (const [, kind] of doc.facts) counts.set(kind, (counts.get(kind) || 0) + 1);
    const badges = [...STACK, "right"].filter((kind) => counts.has(kind))
      .map((kind) => el("span", {}, swatch(kind), `${kindName(kind)} ${counts.get(kind)}`));
    const node = el("article", { tabindex: -1, "data-id": doc.id, "data-corpus": doc.corpus, "data-task": doc.task },
      el("header", {}, el("span", { class: "id" }, doc.id), el("span", {}, taskName(doc.task)), el("span", { class: "badges" }, badges)),
      doc.problem ? el("p", { class: "problem" }, `${t(doc.problem.startsWith("repaired") ? "repaired" : "unreadable")}: ${doc.problem.replace(/^repaired: /, "")}`) : null);
    const { text, light } = marked(doc);
    node.append(text);
    if (doc.cut) node.append(el("p", { class: "more" }, t("cut", { n: number(doc.cut) })));
    const facts = factTable(doc, light);
    if (facts) node.append(facts);
    if (doc.more) node.append(el("p", { class: "more" }, t("more", { n: number(doc.more) })));
    return node;
  }

  /** What is drawn below the text of a document: {start, end, status, tags, facts}. */
  function marks(doc) {
    const found = [], merged = new Map();
    doc.facts.forEach(([metric, kind, gold, said], n) => {
      for (const [claim, side] of [[gold, "gold"], [said, "said"]]) {
        if (!claim) continue;
        claim[2].forEach((places, end) => {
          for (const [start, stop] of places) {
            if (metric === "ner" || metric === "tc") {
              const status = kind === "right" ? "right" : side === "gold" ? "missed" : "wrong";
              found.push({ start, end: stop, status, tags: [labelName(doc.corpus, metric, claim[0])], facts: [[n, end]] });
              continue;
            }
            const key = `${metric} ${start} ${stop}`;
            const mark = merged.get(key) || { start, end: stop, sides: new Set(), tags: [], facts: [] };
            mark.sides.add(kind === "right" ? "both" : side);
            mark.facts.push([n, end]);
            const role = metric === "ac" ? labelName(doc.corpus, metric, claim[0]).split(" · ").pop() : "";
            if (role && !mark.tags.includes(role)) mark.tags.push(role);
            merged.set(key, mark);
          }
        });
      }
    });
    for (const mark of merged.values()) {
      // Right if any fact about it is; a mention in wrong facts of both sides is wrong, however right its place.
      mark.status = mark.sides.has("both") ? "right" : mark.sides.has("said") ? "wrong" : "missed";
      mark.tags = mark.tags.length > 2 ? [...mark.tags.slice(0, 2), "…"] : mark.tags;
      found.push(mark);
    }
    // Shorter mentions are drawn nearest to the text, those around them below.
    const order = { right: 0, missed: 1, wrong: 2 };
    found.sort((a, b) => a.end - a.start - (b.end - b.start) || a.start - b.start || order[a.status] - order[b.status]);
    const levels = [];
    for (const mark of found) {
      let level = 0;
      while ((levels[level] || []).some((other) => other.start < mark.end && mark.start < other.end)) level += 1;
      mark.level = Math.min(level, 6);
      (levels[level] ||= []).push(mark);
    }
    return found;
  }

  const LINE = {
    right: (c) => [[`linear-gradient(${c}, ${c})`, 2.5, 0]],
    wrong: (c) => [[`linear-gradient(${c}, ${c})`, 1.2, 0], [`linear-gradient(${c}, ${c})`, 1.2, 2.2]],
    missed: (c) => [[`repeating-linear-gradient(90deg, ${c} 0 5px, transparent 5px 8px)`, 2.5, 0]],
  };

  function marked(doc) {
    const characters = Array.from(doc.text); // offsets count code points
    const found = marks(doc), light = new Map();
    const cuts = [...new Set([0, characters.length, ...found.flatMap((m) => [m.start, m.end])])].filter((c) => c <= characters.length).sort((a, b) => a - b);
    const deepest = Math.max(0, ...found.map((m) => m.level + 1));
    const language = (DATA.corpora[doc.corpus] || {}).language || "en";
    const text = el("p", { class: "text", lang: language });
    text.style.lineHeight = String(1.85 + 0.3 * deepest);
    const openings = new Map(), endings = new Map();
    for (const mark of found) {
      (openings.get(mark.start) || openings.set(mark.start, []).get(mark.start)).push(mark);
      (endings.get(mark.end) || endings.set(mark.end, []).get(mark.end)).push(mark);
    }
    let open = [];
    for (let i = 0; i < cuts.length; i += 1) {
      const start = cuts[i];
      open = open.filter((m) => m.end > start);
      // what ends here is named here, the innermost first
      for (const mark of (endings.get(start) || []).sort((a, b) => a.level - b.level)) {
        if (mark.tags.length) text.append(el("span", { class: "tag " + mark.status }, mark.tags.join(" / ")));
      }
      open.push(...(openings.get(start) || []));
      if (i + 1 === cuts.length) break;
      const piece = characters.slice(start, cuts[i + 1]).join("");
      if (!open.length) { text.append(piece); continue; }
      const node = el("span", { class: "seg", title: open.flatMap((m) => m.tags).join(", ") || null }, piece);
      const images = [], sizes = [], positions = [];
      for (const mark of open) {
        for (const [image, height, offset] of LINE[mark.status](`var(--${mark.status})`)) {
          images.push(image);
          sizes.push(`100% ${height}px`);
          positions.push(`0 calc(100% - ${4.5 * (deepest - 1 - mark.level) + offset}px)`);
        }
        for (const [n, end] of mark.facts) (light.get(n) || light.set(n, []).get(n)).push([node, end]);
      }
      node.style.backgroundImage = images.join(", ");
      node.style.backgroundSize = sizes.join(", ");
      node.style.backgroundPosition = positions.join(", ");
      node.style.paddingBottom = `${4.5 * deepest}px`;
      text.append(node);
    }
    return { text, light };
  }

  function claimNode(doc, metric, claim, status, other) {
    if (!claim) return el("span", { class: "claim" });
    const [label, mentions] = claim;
    const tag = el("span", { class: "label " + status, title: keyOf(label) }, labelName(doc.corpus, metric, label));
    const mention = (n) => {
      const differs = other && status === "wrong" && other[1][n] !== mentions[n];
      return el("span", { class: differs ? "differs" : "" }, mentions[n] || t("trigger"));
    };
    if (metric === "re") {
      return el("span", { class: "claim" }, mention(0), el("span", { class: "arrow" }, " — "), tag, el("span", { class: "arrow" }, " → "), mention(1));
    }
    return el("span", { class: "claim" }, mention(0), " ", tag);
  }

  function factTable(doc, light) {
    // In a list of entities the right ones are plain to see in the text.
    const rows = [];
    const focused = state.kind || state.label || state.gold || state.said;
    doc.facts.forEach((fact, n) => {
      const [metric, kind, gold, said] = fact;
      if (doc.task === "NER" && kind === "right") return;
      const glow = (on) => (light.get(n) || []).forEach(([node, end]) => node.classList.toggle("lit", on) | node.classList.toggle("tail", on && end === 1));
      const dim = focused && !["none", "unread"].includes(state.kind) && !factFits(doc, fact);
      const left = kind === "right" ? "right" : "missed";
      rows.push(el("tr", { class: dim ? "dim" : "", "data-kind": kind, onmouseenter: () => glow(true), onmouseleave: () => glow(false) },
        el("td", { title: KINDS[kind][state.ui === "zh" ? 3 : 2] }, swatch(kind), kindName(kind)),
        el("td", {}, claimNode(doc, metric, gold, left)),
        el("td", {}, kind === "right" ? claimNode(doc, metric, gold, "right") : claimNode(doc, metric, said, "wrong", gold))));
    });
    if (!rows.length) return null;
    return el("div", { class: "scroll" }, el("table", { class: "facts" },
      el("thead", {}, el("tr", {}, el("th", {}, t("kind")), el("th", {}, t("gold")), el("th", {}, t("said")))),
      el("tbody", {}, rows)));
  }

  // --- putting it together ---------------------------------------------------------------------------------

  function replace(id, node) { document.getElementById(id).replaceWith(node); }

  function render() {
    ROOT.lang = state.ui === "zh" ? "zh" : "en";
    ROOT.dataset.theme = state.theme;
    document.title = `${t("title")} · ${DATA.benchmark} · ${DATA.source}`;
    document.getElementById("app").replaceChildren(
      el("a", { class: "skip", href: "#documents" }, t("skip")), bar(),
      el("main", { class: "wrap" }, overview(), scores(), mistakes(), labels(), documents(),
        el("footer", {}, el("p", {}, t("footer")), el("p", {}, el("code", { id: "signature" }, DATA.signature)))));
    refresh("");
  }

  function onHash() {
    if (location.hash && !location.hash.includes("=")) return;
    const table = state.table, filtered = readHash();
    if (state.table !== table) replace("labels", labels());
    refresh("");
    if (filtered) document.getElementById("documents").scrollIntoView();
  }

  document.addEventListener("keydown", (event) => {
    const typing = ["INPUT", "SELECT", "TEXTAREA"].includes(document.activeElement?.tagName);
    if (event.ctrlKey || event.metaKey || event.altKey || (typing && event.key !== "Escape")) return;
    if (event.key === "/") { document.getElementById("q").focus(); event.preventDefault(); }
    else if (event.key === "Escape" && typing) document.activeElement.blur();
    else if (event.key === "ArrowRight") turn(1);
    else if (event.key === "ArrowLeft") turn(-1);
    else if (event.key === "j" || event.key === "k") {
      const cards = [...document.querySelectorAll("article")];
      const now = cards.indexOf(document.activeElement.closest?.("article"));
      const next = cards[Math.min(cards.length - 1, Math.max(0, now < 0 ? 0 : now + (event.key === "j" ? 1 : -1)))];
      next?.focus({ preventScroll: true });
      next?.scrollIntoView({ block: "center" });
    }
  });

  state.ui = remembered("ui") || ((navigator.language || "").toLowerCase().startsWith("zh") ? "zh" : "en");
  state.theme = remembered("theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const filtered = readHash();
  render();
  addEventListener("hashchange", onHash);
  if (filtered) document.getElementById("documents").scrollIntoView();
  ROOT.dataset.ready = "yes";
})();
