// SAAJ, which builds exactly the envelope that it is told to: here the one SAP sends. Runs on two implementations, the reference
// implementation (HTTP/1.1) and Axis (HTTP/1.0, quotes around the quotes of SOAPAction).
// Three URL FILE: sends the three requests whose bytes are kept (see ../capture).

import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.soap.MessageFactory;
import javax.xml.soap.SOAPConnection;
import javax.xml.soap.SOAPConnectionFactory;
import javax.xml.soap.SOAPElement;
import javax.xml.soap.SOAPEnvelope;
import javax.xml.soap.SOAPHeaderElement;
import javax.xml.soap.SOAPMessage;

public class Three {
    static String url;

    public static void main(String[] arguments) throws Exception {
        url = arguments[0];
        String data = Files.readString(Path.of(arguments[1]));
        send("User", "getAttributes", "userId", "CRMFOSOUT");
        send("User", "setCurrentChannels", "userId", "CRMFOSOUT", "channels", new String[] {"1", "3"});
        send("Item", "setAttachedData", "itemId", "ITEM", "attachedData", data);
    }

    static void send(String part, String operation, Object... parameters) throws Exception {
        String namespace = "urn:Ici" + part + "Interface";
        SOAPMessage message = MessageFactory.newInstance().createMessage();
        message.getMimeHeaders().addHeader("SOAPAction", "\"http://inqmy.com/soapdispatcher/rpc/bcbici/Ici" + part + "Bean\"");
        SOAPEnvelope envelope = message.getSOAPPart().getEnvelope();
        header(envelope, namespace, "user", "CRMFOSOUT");
        header(envelope, namespace, "language", "EN");
        SOAPElement body = envelope.getBody().addBodyElement(envelope.createName(operation, "ns0", namespace));
        for (int i = 0; i < parameters.length; i += 2) {
            SOAPElement parameter = body.addChildElement(envelope.createName((String) parameters[i], "", namespace));
            if (parameters[i + 1] instanceof String[] list) {
                for (String entry : list) {
                    parameter.addChildElement(envelope.createName("item", "", namespace)).addTextNode(entry);
                }
            } else {
                parameter.addTextNode((String) parameters[i + 1]);
            }
        }
        message.saveChanges();
        SOAPConnection connection = SOAPConnectionFactory.newInstance().createConnection();
        connection.call(message, url);
        connection.close();
    }

    static void header(SOAPEnvelope envelope, String namespace, String name, String value) throws Exception {
        SOAPHeaderElement header = envelope.getHeader().addHeaderElement(envelope.createName(name, "pre", namespace));
        header.setMustUnderstand(false);
        header.addTextNode(value);
    }
}
