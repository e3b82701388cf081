"""Moto as Kinesis and STS, and a reader of the stream that decodes each record with fastavro.

    stream.py serve PORT                      moto on loopback
    stream.py prepare URL STREAM SHARDS       makes the stream
    stream.py secure URL STREAM               makes a user who may use the stream, a role he may take on and the stream; prints key and role
    stream.py read URL STREAM SCHEMA FRAMING  prints each record as a line of JSON, shard by shard, in the stream's order
"""

import io
import json
import sys

import boto3
import fastavro
from botocore.config import Config

REGION = "eu-central-1"


def client(name, url):
    return boto3.client(name, endpoint_url=url, region_name=REGION, aws_access_key_id="reader", aws_secret_access_key="reader",
                        config=Config(retries={"max_attempts": 5}))


def serve(port):
    from moto.server import main
    main(["-H", "127.0.0.1", "-p", port])


def prepare(url, stream, shards):
    client("kinesis", url).create_stream(StreamName=stream, ShardCount=int(shards))


def secure(url, stream):
    """Four calls are free (INITIAL_NO_AUTH_ACTION_COUNT); from then on every signature is checked."""
    iam = client("iam", url)
    iam.create_user(UserName="jackfield")
    allowed = [{"Effect": "Allow", "Action": ["kinesis:*", "sts:*"], "Resource": "*"}]
    policy = json.dumps({"Version": "2012-10-17", "Statement": allowed})
    iam.put_user_policy(UserName="jackfield", PolicyName="conduit", PolicyDocument=policy)
    key = iam.create_access_key(UserName="jackfield")["AccessKey"]
    client("kinesis", url).create_stream(StreamName=stream, ShardCount=1)
    print(json.dumps({"id": key["AccessKeyId"], "secret": key["SecretAccessKey"]}))


def read(url, stream, schema, framing, key="reader", secret="reader"):
    parsed = fastavro.parse_schema(json.load(open(schema)))
    kinesis = boto3.client("kinesis", endpoint_url=url, region_name=REGION, aws_access_key_id=key, aws_secret_access_key=secret)
    for shard in kinesis.list_shards(StreamName=stream)["Shards"]:
        place = kinesis.get_shard_iterator(StreamName=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        while True:
            answer = kinesis.get_records(ShardIterator=place, Limit=10000)
            for record in answer["Records"]:
                data = record["Data"]
                if framing == "single_object":
                    wanted = fastavro.schema.fingerprint(fastavro.schema.to_parsing_canonical_form(parsed), "CRC-64-AVRO")
                    assert data[:10].hex() == "c301" + wanted, data[:10].hex()
                    data = data[10:]
                stream_of_bytes = io.BytesIO(data)
                name, event = fastavro.schemaless_reader(stream_of_bytes, parsed, None, return_record_name=True)
                assert stream_of_bytes.read() == b"", "something is left of a record"
                print(json.dumps({"record": name, "key": record["PartitionKey"], "event": event}))
            if not answer["Records"]:
                break
            place = answer["NextShardIterator"]


if __name__ == "__main__":
    {"serve": serve, "prepare": prepare, "secure": secure, "read": read}[sys.argv[1]](*sys.argv[2:])
