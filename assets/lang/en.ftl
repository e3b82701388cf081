page-welcome = Welcome
    .purpose = Set up the service that joins SAP's Interaction Center to the contact-centre switch.
status-ready = Ready
