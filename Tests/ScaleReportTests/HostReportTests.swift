import ScaleCore
import Testing

@testable import ScaleReport

/// What a report says of the generator's host and of a balancer.
@Suite("the host in a report")
struct HostReportTests {
    private static let plan = Plan(modes: [.ws], sessions: [64], waits: [.seconds(1)], reps: 2)

    private func snapshot(_ hosts: [HostUse?]) -> RunSnapshot {
        Fixture.snapshot(
            hosts.map { host in
                var cell = Fixture.cell(64, succeeded: 64, total: .milliseconds(1_050))
                cell.host = host
                return cell
            }, plan: Self.plan)
    }

    @Test(
        "a count has a column where it says something",
        arguments: [
            (HostUse(openDescriptors: 1_074, retransmits: 0, listenDrops: 0, swappedPages: 0, stealShare: 0), "| descriptors |", "1,074"),
            (HostUse(openDescriptors: 80, retransmits: 7), "| retransmits |", "7"),
            (HostUse(openDescriptors: 80, listenDrops: 412), "| listen drops |", "412"),
            (HostUse(openDescriptors: 80, swappedPages: 9), "| swapped pages |", "9"),
            (HostUse(openDescriptors: 80, stealShare: 0.031), "| stolen |", "3.1 %"),
        ])
    func columns(host: HostUse, column: String, value: String) {
        let names = ["descriptors", "retransmits", "listen drops", "swapped pages", "stolen"]
        let text = RunReport([snapshot([host, nil])]).markdown()
        let shown = names.filter { text.contains("| \($0) |") }
        #expect(text.contains(column) && shown.count == (column.contains("descriptors") ? 1 : 2), "\(shown)")
        let rows = ReportResources(subject: ReportSubject([snapshot([host, nil])])).generator.rows
        #expect(rows.first?.cells.last?.plain == value && rows.last?.cells.last?.plain == Figure.absent)
    }

    @Test("a host that nobody looked at has no columns") func unknown() {
        #expect(!RunReport([snapshot([nil])]).markdown().contains("| descriptors |"))
    }

    @Test("swap and a greedy hypervisor are said, and nothing below")
    func notices() {
        let calm = HostUse(swappedPages: 0, stealShare: 0.05)
        #expect(Fixture.notices(snapshot([calm, calm])).isEmpty)
        let said = Fixture.notices(snapshot([calm, HostUse(swappedPages: 1_200, stealShare: 0.25)]))
        #expect(
            said == [
                "The generator's host swapped in 1 of 2 cells, up to 1,200 pages: their latencies have disk in them.",
                "A hypervisor gave up to 25.0 % of this host's processor time to others, more than 5.0 % in 1 of 2 cells.",
            ])
    }

    @Test("a line of --json has the host's keys, null where nobody looked")
    func json() {
        func line(_ host: HostUse?) -> String {
            let all = snapshot([host])
            return CellJSON.line(all.cells[0].record, run: all.run, deployment: nil)
        }
        let use = HostUse(
            openDescriptors: 80, timeWaitBefore: 1, timeWaitAfter: 2, retransmits: 3, listenDrops: 4, swappedPages: 5,
            busyShare: 0.5, stealShare: 0.25)
        let keys = #""host":{"open_descriptors":80,"time_wait":2,"retransmits":3,"listen_drops":4,"swapped_pages":5,"#
        #expect(line(use).hasSuffix(keys + #""busy_share":0.5,"steal_share":0.25}}"#))
        #expect(line(HostUse()).contains(#""host":{"open_descriptors":null,"time_wait":null"#))
        #expect(line(nil).hasSuffix(#""host":null}"#))
    }

    @Test("a balancer has a table of its own where it was read")
    func balancer() {
        var all = snapshot([nil])
        #expect(!RunReport([all]).markdown().contains("## Balancer"))
        all.cells[0].record.balancer = ServerUse(cpu: .seconds(1), peakRSSBytes: 1_048_576)
        all.deployments[1]?.balancer = "haproxy"
        let text = RunReport([all]).markdown()
        #expect(text.contains("## Balancer") && text.contains(", behind haproxy, "))
    }
}
