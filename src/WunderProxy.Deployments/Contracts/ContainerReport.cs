namespace WunderProxy.Deployments.Contracts;

/// <summary>What the engine says at present about the container in service.</summary>
public sealed record ContainerReport
{
    /// <summary>Full container id; empty if there is none.</summary>
    public string Container { get; init; } = "";

    /// <summary>Whether the container runs; null if the engine did not tell.</summary>
    public bool? IsRunning { get; init; }

    /// <summary>Exit code of the last run, if the container does not run.</summary>
    public long? ExitCode { get; init; }

    /// <summary>Whether the last run was killed for its memory.</summary>
    public bool? IsOutOfMemory { get; init; }

    /// <summary>How often the engine restarted the container by its restart policy.</summary>
    public int? Restarts { get; init; }

    /// <summary>When the container was started last, as the engine writes it.</summary>
    public string? StartedAt { get; init; }

    /// <summary>Memory limit in bytes; null without a limit.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>The last lines of the container's log, with secrets masked; null if they could not be read.</summary>
    public IReadOnlyList<string>? Log { get; init; }

    /// <summary>What could not be found out, and why.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];
}
