using WunderProxy.Forwarding.Buffering;

namespace WunderProxy.Forwarding.Tests.Buffering;

internal sealed class BufferBudgetTests
{
    [Test]
    public async Task Reservation_that_the_limit_refuses_is_never_seen_by_others()
    {
        var budget = new BufferBudget(memoryLimit: 100, diskLimit: 0);
        var isEnded = false;
        var refused = Task.Run(() =>
        {
            var taken = 0;
            for (var count = 0; count < 3_000_000; count++)
            {
                taken += budget.TryReserveMemory(101) ? 1 : 0;
            }

            Volatile.Write(ref isEnded, true);
            Assert.That(taken, Is.Zero);
        });

        var most = 0L;
        while (!Volatile.Read(ref isEnded) && !refused.IsCompleted)
        {
            most = Math.Max(most, budget.Memory);
        }

        await refused;
        Assert.That(most, Is.Zero);
    }

    [Test]
    public void Memory_is_reserved_up_to_its_limit()
    {
        var budget = new BufferBudget(memoryLimit: 100, diskLimit: 50);

        Assert.That((budget.TryReserveMemory(60), budget.TryReserveMemory(41), budget.TryReserveMemory(40)), Is.EqualTo((true, false, true)));
        Assert.That((budget.TryReserveDisk(51), budget.TryReserveDisk(50)), Is.EqualTo((false, true)));
        budget.ReleaseMemory(100);
        budget.ReleaseDisk(50);
        Assert.That((budget.Memory, budget.Disk), Is.EqualTo((0L, 0L)));
    }
}
