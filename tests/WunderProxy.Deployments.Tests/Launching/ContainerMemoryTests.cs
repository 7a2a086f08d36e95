using WunderProxy.Deployments.Launching;

namespace WunderProxy.Deployments.Tests.Launching;

[Parallelizable(ParallelScope.All)]
internal sealed class ContainerMemoryTests
{
    [TestCase("0::/system.slice/docker-c1.scope", "/system.slice/docker-c1.scope")]
    [TestCase("5:cpu,cpuacct:/docker/c1|4:memory:/docker/c1|0::/docker/c1", "/memory/docker/c1")]
    [TestCase("4:memory:/docker/other", null)]
    [TestCase("", null)]
    public void Folder_of_the_memory_is_found(string lines, string? folder) =>
        Assert.That(ContainerMemory.FindFolder(lines.Split('|'), "c1"), Is.EqualTo(folder));
}
