using System.IO.Enumeration;
using WunderProxy.Metrics;

namespace WunderProxy.ManagerApi.Collectors;

/// <summary>The process and its runtime, under the names that Prometheus's client libraries use.</summary>
internal static class ProcessMetrics
{
    private const string Descriptors = "/proc/self/fd";
    private const string Limits = "/proc/self/limits";

    public static IEnumerable<MetricFamily> Of(StatusFacts facts) =>
    [
        MetricFamily.Gauge("wunderproxy_heap_bytes", "Size of the managed heap in bytes.").Add(facts.HeapSize),
        new MetricFamily(
            "process_start_time_seconds", MetricType.Gauge, "When the process started, in Unix time.")
        {
            OpenTelemetryName = "process.start_time",
        }.Add(facts.StartedAt.ToUnixTimeMilliseconds() / 1000.0),
        new MetricFamily(
            "process_cpu_seconds_total", MetricType.Counter, "Processor time of the process, in user and kernel mode.")
        {
            OpenTelemetryName = "process.cpu.time",
        }.Add(Environment.CpuUsage.TotalTime.TotalSeconds),
        new MetricFamily(
            "process_resident_memory_bytes", MetricType.Gauge, "Physical memory that the process holds.")
        {
            OpenTelemetryName = "process.memory.usage",
        }.Add(Environment.WorkingSet),
        .. DescriptorsOf(),
        .. RuntimeOf(),
    ];

    private static IEnumerable<MetricFamily> DescriptorsOf()
    {
        var open = MetricFamily.Gauge("process_open_fds", "Open file descriptors of the process.");
        var most = MetricFamily.Gauge("process_max_fds", "Most file descriptors that the process may open.");
        try
        {
            // The enumeration has a descriptor of its own, which is not counted.
            open.Add(new FileSystemEnumerable<byte>(Descriptors, static (ref _) => 0).Count() - 1);
            if (MaxDescriptors() is { } limit)
            {
                most.Add(limit);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Without /proc, or without a descriptor to read it, there is nothing to tell.
        }

        return [open, most];
    }

    private static IEnumerable<MetricFamily> RuntimeOf()
    {
        var collections = MetricFamily.Counter("dotnet_gc_collections_total", "Garbage collections by generation.");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            collections.Add(GC.CollectionCount(generation), new MetricLabel("generation", $"gen{generation}"));
        }

        return
        [
            collections,
            MetricFamily.Counter("dotnet_gc_allocated_bytes_total", "Bytes allocated on the managed heap.")
                .Add(GC.GetTotalAllocatedBytes(precise: false)),
            MetricFamily.Counter("dotnet_gc_pause_seconds_total", "Time during which garbage collections stopped the threads.")
                .Add(GC.GetTotalPauseDuration().TotalSeconds),
            MetricFamily.Gauge("dotnet_thread_pool_threads", "Threads of the thread pool, which serve the manager.")
                .Add(ThreadPool.ThreadCount),
            MetricFamily.Gauge("dotnet_thread_pool_queue_length", "Work items that wait for a thread of the pool.")
                .Add(ThreadPool.PendingWorkItemCount),
        ];
    }

    // "Max open files            1048576              1048576              files"
    private static double? MaxDescriptors()
    {
        const string Name = "Max open files";
        var line = File.ReadLines(Limits).FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        var words = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is [var soft, ..] && double.TryParse(soft, out var limit) ? limit : null;
    }
}
