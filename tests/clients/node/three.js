// Node's soap with an rpc WSDL. three.js WSDL FILE: sends the three requests whose bytes are kept (see ../capture).

const fs = require("fs");
const soap = require("soap");

async function main([wsdl, file]) {
    const client = await soap.createClientAsync(wsdl);
    const headers = (part) => {
        client.clearSoapHeaders();
        for (const [name, value] of [["user", "CRMFOSOUT"], ["language", "EN"]]) {
            client.addSoapHeader({ [name]: value }, "", "pre", `urn:Ici${part}Interface`);
        }
    };
    headers("User");
    await client.getAttributesAsync({ userId: "CRMFOSOUT" });
    await client.setCurrentChannelsAsync({ userId: "CRMFOSOUT", channels: { item: [1, 3] } });
    headers("Item");
    await client.setAttachedDataAsync({ itemId: "ITEM", attachedData: fs.readFileSync(file, "utf8") });
}

main(process.argv.slice(2)).catch((error) => {
    console.error(error);
    process.exit(1);
});
