#!/usr/bin/env python3
"""Scans images as a job of Apache Spark, whose executors see the same files and have jffs2.

    spark-submit Packaging/cluster/spark.py NAMES OUTPUT [PARTITIONS]

NAMES is a text file (or a folder of them, on any file system of Spark's) with one name a line; OUTPUT is a folder of text files with
one line of JSON for each. JFFS2 in the environment is the program (jffs2), SCAN has options of scan. Names that are not UTF-8, or have
an end of line in them, are for the other ways.
"""
import os, shlex, sys

from pyspark.sql import SparkSession


def main(names, output, partitions=None):
    spark = SparkSession.builder.appName("jffs2-scan").getOrCreate()
    context = spark.sparkContext
    # A task has one core, and names that do not stand beside each other: large images often do.
    wanted = int(partitions) if partitions else 4 * context.defaultParallelism
    files = context.textFile(names).filter(lambda name: name != "").repartition(wanted)
    program, options = shlex.quote(os.environ.get("JFFS2", "jffs2")), os.environ.get("SCAN", "")
    # Status 1 says that something was found, 2 that a file was not read, which its line tells; whatever else fails the task, and
    # Spark tries it again.
    command = f"{program} scan {options} --quiet --jobs 1 - || [ $? -le 2 ]"
    files.pipe(f"sh -c {shlex.quote(command)}", checkCode=True).saveAsTextFile(output)
    lines = spark.read.text(output).count()
    expected = context.textFile(names).filter(lambda name: name != "").count()
    print(f"{lines} lines for {expected} names")
    spark.stop()
    # A folder among the names has a line for each file in it.
    return 0 if lines >= expected else 1


if __name__ == "__main__":
    if not 3 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
