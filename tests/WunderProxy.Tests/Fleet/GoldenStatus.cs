namespace WunderProxy.Tests.Fleet;

/// <summary>A status document of an instance that serves nothing, as an instance writes it.</summary>
internal static class GoldenStatus
{
    public const string Text =
        """
        {"HeapSize":1,"TotalTime":0,"Requests":0,"States":{"new":0,"active":0,"idle":0,"upgraded":0},"DockerState":"Ok","Status":"unavailable","App":"shop","Version":"0.1.0","Uptime":1,"Upstream":null,"ResponseTimes":{"P50":0,"P90":0,"P99":0,"P999":0,"Max":0},"StatusCodes":{"Classes":{},"Codes":{},"Minutes":[]},"Bytes":{"In":0,"Out":0},"InFlight":0,"Waiting":0,"Draining":[],"Operation":null,"Previous":[],"Buffers":{"Memory":0,"Disk":0},"StoreState":"Ok","Warnings":[]}
        """;
}
