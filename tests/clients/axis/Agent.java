// Axis 1.4 as SAP, without a WSDL: Agent URL USER. Reads one command per line, calls it, says what came (see tests/src/client.rs).
//
// HTTP/1.0, rpc/encoded; lists go as SOAP-ENC arrays whose entries are hrefs to multiRef elements.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.namespace.QName;
import javax.xml.rpc.ParameterMode;
import org.apache.axis.AxisFault;
import org.apache.axis.Message;
import org.apache.axis.client.Call;
import org.apache.axis.client.Service;
import org.apache.axis.encoding.XMLType;
import org.apache.axis.message.SOAPHeaderElement;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

public class Agent {
    static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    public static void main(String[] arguments) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        OUT.println("ready");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            Map<String, Object> values = new LinkedHashMap<>();
            for (int i = 2; i < words.length; i++) {
                int equals = words[i].indexOf('=');
                put(values, words[i].substring(0, equals), URLDecoder.decode(words[i].substring(equals + 1), StandardCharsets.UTF_8));
            }
            try {
                say("ok", invoke(arguments[0], arguments[1], words[0], words[1], values));
            } catch (AxisFault fault) {
                boolean theirs = fault.getFaultCode().getNamespaceURI().contains("schemas.xmlsoap.org/soap/envelope");
                say(theirs && !fault.getFaultCode().getLocalPart().contains(".") ? "fault" : "broken",
                    List.of(new String[] {"code", fault.getFaultCode().getLocalPart()}, new String[] {"text", fault.getFaultString()}));
            } catch (Exception error) {
                say("broken", List.<String[]>of(new String[] {"text", error.toString()}));
            }
        }
    }

    static List<String[]> invoke(String url, String user, String part, String operation, Map<String, Object> values) throws Exception {
        String namespace = "urn:Ici" + part + "Interface";
        Call call = (Call) new Service().createCall();
        call.setTargetEndpointAddress(url);
        call.setOperationName(new QName(namespace, operation));
        call.setUseSOAPAction(true);
        call.setSOAPActionURI("http://inqmy.com/soapdispatcher/rpc/bcbici/Ici" + part + "Bean");
        call.addHeader(new SOAPHeaderElement(namespace, "user", user));
        call.addHeader(new SOAPHeaderElement(namespace, "language", "EN"));
        List<Object> in = new ArrayList<>();
        for (Map.Entry<String, Object> value : values.entrySet()) {
            Object sent = value.getValue() instanceof List<?> list ? collection(list) : value.getValue();
            QName type = sent instanceof Map ? XMLType.SOAP_MAP : sent instanceof String ? XMLType.XSD_STRING : XMLType.SOAP_ARRAY;
            call.addParameter(new QName(namespace, value.getKey()), type, sent.getClass(), ParameterMode.IN);
            in.add(sent);
        }
        call.setReturnType(XMLType.AXIS_VOID);
        try {
            call.invoke(in.toArray());
        } catch (AxisFault fault) {
            // Axis has no class for our structures; the answer is there nevertheless.
            if (!(fault.detail instanceof SAXException unknown && unknown.getMessage().contains("deserializer"))) {
                throw fault;
            }
        }
        Message answer = call.getResponseMessage();
        List<String[]> leaves = new ArrayList<>();
        Element body = child(answer.getSOAPEnvelope().getAsDOM(), "Body");
        for (Node node = body.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element) {
                flatten((Element) node, "", leaves);
                break;
            }
        }
        return leaves;
    }

    // Structures of two fields as one Map from the first to the second, anything else as an array with numbers as Integers: Axis sends both
    // by reference.
    static Object collection(List<?> list) {
        if (list.get(0) instanceof Map) {
            Map<Object, Object> map = new HashMap<>();
            for (Object entry : list) {
                Object[] pair = ((Map<?, ?>) entry).values().toArray();
                map.put(pair[0], pair[1]);
            }
            return map;
        }
        return list.stream().map(entry -> String.valueOf(entry).matches("\\d+") ? Integer.valueOf((String) entry) : entry).toArray();
    }

    @SuppressWarnings("unchecked")
    static void put(Map<String, Object> values, String path, String text) {
        String[] steps = path.split("\\.");
        if (steps.length == 1) {
            values.put(path, text);
            return;
        }
        List<Object> list = (List<Object>) values.computeIfAbsent(steps[0], name -> new ArrayList<>());
        int place = Integer.parseInt(steps[1]);
        if (steps.length == 2) {
            list.add(text);
            return;
        }
        if (list.size() == place) {
            list.add(new LinkedHashMap<String, Object>());
        }
        ((Map<String, Object>) list.get(place)).put(steps[2], text);
    }

    static Element child(Node parent, String name) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element && name.equals(node.getLocalName())) {
                return (Element) node;
            }
        }
        throw new IllegalStateException("no " + name);
    }

    static void flatten(Element element, String path, List<String[]> leaves) {
        List<Element> children = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element) {
                children.add((Element) node);
            } else if (node.getNodeValue() != null) {
                text.append(node.getNodeValue());
            }
        }
        if (children.isEmpty()) {
            leaves.add(new String[] {path, text.toString()});
        }
        int place = 0;
        for (Element entry : children) {
            String name = entry.getLocalName();
            String step = name.equals("item") ? String.valueOf(place) : name;
            flatten(entry, path.isEmpty() ? step : path + "." + step, leaves);
            place++;
        }
    }

    static void say(String verdict, List<String[]> pairs) {
        StringBuilder line = new StringBuilder(verdict);
        for (String[] pair : pairs) {
            String value = URLEncoder.encode(String.valueOf(pair[1]), StandardCharsets.UTF_8).replace("+", "%20");
            line.append(' ').append(pair[0]).append('=').append(value);
        }
        OUT.println(line);
    }
}
