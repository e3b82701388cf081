// Axis 1.4 without a WSDL: rpc/encoded over HTTP/1.0, Integers as hrefs to multiRef elements.
// Three URL FILE: sends the three requests whose bytes are kept (see ../capture).

import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.namespace.QName;
import javax.xml.rpc.ParameterMode;
import org.apache.axis.client.Call;
import org.apache.axis.client.Service;
import org.apache.axis.encoding.XMLType;
import org.apache.axis.message.SOAPHeaderElement;

public class Three {
    static String url;

    public static void main(String[] arguments) throws Exception {
        url = arguments[0];
        String data = Files.readString(Path.of(arguments[1]));

        Call attributes = call("User", "getAttributes");
        string(attributes, "userId");
        attributes.invoke(new Object[] {"CRMFOSOUT"});

        Call channels = call("User", "setCurrentChannels");
        string(channels, "userId");
        channels.addParameter(name("User", "channels"), XMLType.SOAP_ARRAY, Integer[].class, ParameterMode.IN);
        channels.invoke(new Object[] {"CRMFOSOUT", new Integer[] {1, 3}});

        Call attach = call("Item", "setAttachedData");
        string(attach, "itemId");
        string(attach, "attachedData");
        attach.invoke(new Object[] {"ITEM", data});
    }

    static Call call(String part, String operation) throws Exception {
        Call call = (Call) new Service().createCall();
        call.setTargetEndpointAddress(url);
        call.setOperationName(name(part, operation));
        call.setUseSOAPAction(true);
        call.setSOAPActionURI("http://inqmy.com/soapdispatcher/rpc/bcbici/Ici" + part + "Bean");
        call.addHeader(new SOAPHeaderElement("urn:Ici" + part + "Interface", "user", "CRMFOSOUT"));
        call.addHeader(new SOAPHeaderElement("urn:Ici" + part + "Interface", "language", "EN"));
        call.setReturnType(XMLType.XSD_STRING);
        return call;
    }

    static void string(Call call, String parameter) {
        call.addParameter(new QName(call.getOperationName().getNamespaceURI(), parameter), XMLType.XSD_STRING, ParameterMode.IN);
    }

    static QName name(String part, String local) {
        return new QName("urn:Ici" + part + "Interface", local);
    }
}
