// Node's soap as SAP: agent.js WSDL USER. Reads one command per line, calls it, says what came (see tests/src/client.rs).

const readline = require("readline");
const soap = require("soap");

// {"channels.0": "1"} to {channels: ["1"]}.
function nested(paths) {
    const tree = {};
    for (const [path, value] of paths) {
        const steps = path.split(".");
        const last = steps.pop();
        let place = tree;
        for (const step of steps) {
            place = place[step] ??= {};
        }
        place[last] = value;
    }
    return lists(tree);
}

function lists(tree) {
    if (typeof tree !== "object") {
        return tree;
    }
    const keys = Object.keys(tree);
    if (keys.length && keys.every((key) => /^\d+$/.test(key))) {
        return { item: keys.map((key) => lists(tree[key])) };
    }
    return Object.fromEntries(keys.map((key) => [key, lists(tree[key])]));
}

function* leaves(value, path) {
    if (value === null || value === undefined) {
        yield [path, ""];
    } else if (typeof value === "object" && !(value instanceof Date)) {
        for (const [key, entry] of Object.entries(value)) {
            if (key === "attributes") {
                continue;
            }
            const step = key === "$value" ? path : path ? `${path}.${key}` : key;
            yield* leaves(entry, step);
        }
    } else {
        yield [path, value instanceof Date ? value.toISOString() : String(value)];
    }
}

function line(verdict, pairs) {
    const words = [...pairs].map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    console.log([verdict, ...words].join(" "));
}

// What the WSDL calls the service and port of an interface, if it has one for each, or the only ones.
function port(client, interface) {
    for (const service of Object.values(client)) {
        for (const [name, candidate] of Object.entries(service ?? {})) {
            if (name.includes(`Ici${interface}`)) {
                return candidate;
            }
        }
    }
    throw new Error(`the WSDL has no port for ${interface}`);
}

async function main([wsdl, user]) {
    const client = await soap.createClientAsync(wsdl);
    console.log("ready");
    for await (const command of readline.createInterface({ input: process.stdin })) {
        const [interface, operation, ...words] = command.split(" ");
        const values = words.map((word) => [word.slice(0, word.indexOf("=")), decodeURIComponent(word.slice(word.indexOf("=") + 1))]);
        client.clearSoapHeaders();
        for (const [name, value] of [["user", user], ["language", "EN"]]) {
            client.addSoapHeader({ [name]: value }, "", "pre", `urn:Ici${interface}Interface`);
        }
        await new Promise((done) => {
            try {
                port(client, interface)[operation](nested(values), (error, result) => {
                    const fault = error?.root?.Envelope?.Body?.Fault;
                    if (fault) {
                        const text = (part) => String(part?.$value ?? part ?? "");
                        line("fault", [["code", text(fault.faultcode).split(":").pop()], ["text", text(fault.faultstring)]]);
                    } else if (error) {
                        line("broken", [["text", String(error)]]);
                    } else {
                        line("ok", leaves(result, ""));
                    }
                    done();
                });
            } catch (error) {
                line("broken", [["text", String(error)]]);
                done();
            }
        });
    }
}

main(process.argv.slice(2)).catch((error) => {
    console.error(error);
    process.exit(1);
});
