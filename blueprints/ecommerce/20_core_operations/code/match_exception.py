# Compares each line of a vendor bill with the order line and with what was received.
parameter = self.env['ir.config_parameter'].sudo().get_param('phaseline.bill_price_tolerance', '0 %')
tolerance = 1 + float(parameter.split()[0]) / 100
for move in self:
    found = []
    for line in move.invoice_line_ids if move.move_type == 'in_invoice' else []:
        ordered = line.purchase_line_id
        if line.display_type != 'product':
            continue
        if not ordered and line.product_id.is_storable:
            found.append('no order for %s' % line.product_id.display_name)
        if ordered and ordered.product_id.purchase_method == 'receive' and ordered.qty_invoiced > ordered.qty_received + 0.0001:
            found.append('billed %g, received %g' % (ordered.qty_invoiced, ordered.qty_received))
        if ordered and line.price_unit > ordered.price_unit * tolerance:
            found.append('price %g, ordered at %g' % (line.price_unit, ordered.price_unit))
    move['x_match_exception'] = '; '.join(found)
