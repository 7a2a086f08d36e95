using System.Runtime.CompilerServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WunderProxy.Instance;

namespace WunderProxy.Hosting;

/// <summary>Warns at start about a low limit of open files, and then frees descriptors of the runtime.</summary>
internal sealed class DescriptorWorker(
    DescriptorBudget budget, InstanceState instance, ILogger<DescriptorWorker> logger) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (budget.Warning is { } warning)
        {
            HostLog.DescriptorsShort(logger, warning);
            instance.Warnings = [.. instance.Warnings, warning];
        }

        // A native program is one file and has no assemblies to load.
        if (budget.IsScarce && OperatingSystem.IsLinux() && RuntimeFeature.IsDynamicCodeSupported)
        {
            AssemblyFiles.LoadAll();
            AssemblyFiles.CloseAll();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
