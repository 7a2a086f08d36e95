using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WunderProxy.Instance;

namespace WunderProxy.Hosting;

/// <summary>
/// Tells what the limit of open files allows, and gives descriptors of the runtime back when there are few.
/// </summary>
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

        if (budget.IsScarce && OperatingSystem.IsLinux())
        {
            AssemblyFiles.LoadAll();
            AssemblyFiles.CloseAll();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
